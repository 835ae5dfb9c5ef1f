// Exports by OpenTelemetry's own SDK and exporters: exporter.mjs FOLDER ENDPOINT http|proto gzip|none SESSION
import { createRequire } from "node:module";
import process from "node:process";

const [folder, endpoint, wire, compression, session] = process.argv.slice(2);
const require = createRequire(`${folder}/package.json`);
const exporterOf = (signal, name) => {
  const { [name]: Exporter } = require(`@opentelemetry/exporter-${signal}-otlp-${wire}`);
  const path = signal === "trace" ? "traces" : signal;
  return new Exporter({ url: `${endpoint}/v1/${path}`, compression });
};
const { LoggerProvider, BatchLogRecordProcessor } = require("@opentelemetry/sdk-logs");
const { BasicTracerProvider, BatchSpanProcessor } = require("@opentelemetry/sdk-trace-base");
const { MeterProvider, PeriodicExportingMetricReader } = require("@opentelemetry/sdk-metrics");

const secret = { email: "canary@example.com", args: "canary", deep: { list: ["canary", 7, { canary: true }] } };
const processor = new BatchLogRecordProcessor({ exporter: exporterOf("logs", "OTLPLogExporter") });
const logs = new LoggerProvider({ processors: [processor] });
const skill = { "event.name": "skill_activated", "session.id": session, "invocation_trigger": "user-slash" };
for (const [sequence, name] of ["by-log", "é", "by-log-too"].entries()) {
  const attributes = { ...skill, ...secret, "event.sequence": sequence, "skill.name": name };
  logs.getLogger("canary").emit({ body: "canary", timestamp: Date.now(), attributes });
}

const spans = new BasicTracerProvider({
  spanProcessors: [new BatchSpanProcessor(exporterOf("trace", "OTLPTraceExporter"))],
});
const tracer = spans.getTracer("canary");
const use = { "gen_ai.operation.name": "execute_tool", "session.id": session, email: "canary@example.com" };
const start = Date.now() - 5000;
const done = { "gen_ai.tool.name": "search", "mcp.server.name": "demo" };
tracer.startSpan("execute_tool search", { startTime: start, attributes: { ...use, ...done } }).end(start + 250);
const failed = { "gen_ai.tool.name": "search", "error.type": "timeout" };
const span = tracer.startSpan("execute_tool search", { startTime: start, attributes: { ...use, ...failed } });
span.setStatus({ code: 2, message: "canary" });
span.end(start + 1500);
tracer.startSpan("canary", { attributes: { "gen_ai.operation.name": "chat" } }).end();

const reader = new PeriodicExportingMetricReader({ exporter: exporterOf("metrics", "OTLPMetricExporter") });
const metrics = new MeterProvider({ readers: [reader] });
metrics.getMeter("canary").createCounter("canary").add(1, secret);
metrics.getMeter("canary").createHistogram("canary.seconds").record(2.5, secret);

const { diag, DiagConsoleLogger, DiagLogLevel } = require("@opentelemetry/api");
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
await Promise.all([logs.shutdown(), spans.shutdown(), metrics.shutdown()]);
