// Runs opencode's plugin (first argument) on events given as JSON on stdin, as opencode does.
import { readFileSync } from "node:fs";

const { TrackSkills } = await import(process.argv[2]);
const { servers, events } = JSON.parse(readFileSync(0, "utf8"));
const hooks = await TrackSkills();
await hooks.config({ mcp: Object.fromEntries(servers.map((name) => [name, {}])) });
for (const event of events) await hooks.event({ event });
