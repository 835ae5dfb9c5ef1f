#!/usr/bin/env node
// Reports the uses of this plugin's own skills, and of no others.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isEnabled, report } from "./telemetry.mjs";

const input = JSON.parse(readFileSync(0, "utf8"));
const [plugin, name] = String(input.tool_input?.skill).split(":");
const file = join(process.env.CLAUDE_PLUGIN_ROOT, "skills", String(name), "SKILL.md");
if (isEnabled(process.env) && plugin === "deploy" && existsSync(file)) {
  await report({ skill: `deploy:${name}`, session: input.session_id });
}
