/** Runs the client in workerd: `node worker.mjs COLLECTOR_URL`; the Worker answers before its event is sent. */
import { readFileSync } from "node:fs";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const client = readFileSync(new URL("../../../client/js/track-skills.js", import.meta.url), "utf8");
const worker = `
  import { configure, isDisabled, track, trackSkillExecution } from "./track-skills.js";
  export default {
    async fetch(request, env, context) {
      const before = isDisabled();
      configure({ endpoint: env.COLLECTOR });
      track("plain", { status: "success" }, context);
      const value = await trackSkillExecution("skill", async (params) => params, 7, context);
      return Response.json({ before, after: isDisabled(), value });
    },
  };`;
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    compatibilityDate: "2026-01-01",
    compatibilityFlags: ["nodejs_compat"],
    bindings: { COLLECTOR: process.argv[2] },
    modules: [
      { type: "ESModule", path: "worker.js", contents: worker },
      { type: "ESModule", path: "track-skills.js", contents: client },
    ],
  }),
);
const response = await miniflare.dispatchFetch("http://localhost/");
process.stdout.write(await response.text());
await new Promise((resolve) => setTimeout(resolve, 300));
await miniflare.dispose();
