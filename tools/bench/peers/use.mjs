// As use.py: use.mjs FOLDER OURS CLIENT ENDPOINT CALLS FIRST END. FOLDER: where the peers are installed; OURS: the client's entry.
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";

const [folder, ours, client, endpoint, calls, first, end] = process.argv.slice(2);
const require = createRequire(`${folder}/package.json`);

const CLIENTS = {
  none: () => () => {},
  ours: async () => {
    const { track } = await import(ours);
    return (name) => track(name, { status: "success" });
  },
  posthog: () => {
    const { PostHog } = require("posthog-node");
    const posthog = new PostHog("phc_bench", { host: endpoint });
    return (name) => posthog.capture({ event: "used", distinctId: "someone", properties: { tool_name: name } });
  },
  opentelemetry: () => {
    const { OTLPLogExporter } = require("@opentelemetry/exporter-logs-otlp-http");
    const { LoggerProvider, BatchLogRecordProcessor } = require("@opentelemetry/sdk-logs");
    const exporter = new OTLPLogExporter({ url: `${endpoint}/v1/logs` });
    const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
    const logger = provider.getLogger("bench");
    return (name) => logger.emit({ body: "used", timestamp: Date.now(), attributes: { tool_name: name } });
  },
};

let started = performance.now();
const use = await CLIENTS[client](endpoint);
const importMs = performance.now() - started;
const callsMs = [];
for (let number = Number(first); number < Number(first) + Number(calls); number++) {
  started = performance.now();
  use(`used-${number}`);
  callsMs.push(performance.now() - started);
  if (calls > 1) await new Promise((resolve) => setTimeout(resolve, 2));
}
writeSync(1, `${JSON.stringify({ import_ms: importMs, calls_ms: callsMs })}\n`);
if (end === "at-once") process.exit(0);
