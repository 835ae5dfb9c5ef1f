/** An event: one JSON object on one line, its fields in the contract's order, whatever does not fit left out. */
import { isTrue, isWorker, onDisk } from "./environment.js";
import { findHost } from "./host.js";
import { identifier, label } from "./names.js";
import { uuid } from "./random.js";

const STATUSES = ["success", "error", "timeout", "partial", "skipped", "denied"];
const STATUS_ALIASES = new Map([["failure", "error"], ["failed", "error"], ["ok", "success"], ["cancelled", "skipped"]]);
const TRIGGERS = ["user", "model", "nested"];
const DAY_MS = 86_400_000;
const LINE_BYTES = 4096;
const encoder = new TextEncoder();

export function lineOf(name, fields, anonymousId, environment) {
  const { agent, session } = findHost(environment);
  const event = {
    event_id: identifier(fields.event_id) ?? uuid(),
    timestamp: new Date().toISOString(),
    tool_name: name,
    tool_category: label(fields.tool_category ?? environment.TRACK_SKILLS_CATEGORY),
    status: STATUS_ALIASES.get(fields.status) ?? oneOf(STATUSES, fields.status) ?? "unknown",
    duration_ms: integer(fields.duration_ms, DAY_MS),
    error_type: label(fields.error_type),
    error_message: isTrue(environment.TRACK_SKILLS_ERROR_MESSAGES) ? message(fields.error_message) : undefined,
    trigger: oneOf(TRIGGERS, fields.trigger),
    agent_id: label(fields.agent_id) ?? label(agent),
    source: "js",
    session_id: identifier(fields.session_id) ?? identifier(session),
    anonymous_id: anonymousId,
    tool_version: label(fields.tool_version ?? environment.TRACK_SKILLS_TOOL_VERSION),
    os: onDisk() ? process.platform.replace("win32", "windows") : undefined,
    runtime: runtime(),
    request_size_bytes: integer(fields.request_size_bytes, Number.MAX_SAFE_INTEGER),
    response_size_bytes: integer(fields.response_size_bytes, Number.MAX_SAFE_INTEGER),
    test: isTrue(environment.TRACK_SKILLS_TEST) ? true : undefined,
  };
  const line = JSON.stringify(event);
  return bytesOf(line) < LINE_BYTES ? line : JSON.stringify({ ...event, error_message: undefined });
}

/** How many bytes a text has in UTF-8. */
export function bytesOf(text) {
  return encoder.encode(text).length;
}

function oneOf(values, value) {
  return values.includes(value) ? value : undefined;
}

function integer(value, largest) {
  return typeof value === "number" && value >= 0 && value <= largest ? Math.round(value) : undefined;
}

function message(value) {
  const text = value === undefined || value === null ? "" : String(value);
  return text.slice(0, 500).replace(/\p{Surrogate}/gu, "\ufffd") || undefined;
}

function runtime() {
  const version = globalThis.Deno?.version.deno ?? globalThis.Bun?.version ?? globalThis.process?.versions?.node;
  if (isWorker()) return "workers";
  if (!version) return "browser";
  return `${globalThis.Deno ? "deno" : globalThis.Bun ? "bun" : "node"} ${version.split(".", 2).join(".")}`;
}
