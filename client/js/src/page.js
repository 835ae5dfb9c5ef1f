/** Sending from where there is no spool: browsers, Workers, Deno without permissions. */
import { apiKey, baseUrl } from "./endpoint.js";
import { bytesOf } from "./event.js";
import { isAllowed, isWorker } from "./environment.js";

const BATCH_EVENTS = 100;
// What a page may have under way with beacons and `keepalive` is 64 KiB in all.
const BATCH_BYTES = 60_000;
const WAITING_EVENTS = 1000;
/** What waits to be sent, oldest first: {line, url, key}. */
let waiting = [];
let sending = false;

if (globalThis.document) {
  globalThis.document.addEventListener("visibilitychange", () => {
    if (globalThis.document.visibilityState === "hidden") leave();
  });
  globalThis.addEventListener("pagehide", leave);
}

/** Send one event, with those of the same turn. */
export function post(line, environment, context) {
  const url = `${baseUrl(environment)}/api/track`;
  const key = apiKey(environment);
  if (!isAllowed({ name: "net", host: new URL(url).host })) return;
  // A Worker may do nothing for one request in the time of another.
  if (isWorker()) return postAlone({ line, url, key }, context);
  waiting.push({ line, url, key });
  waiting = waiting.slice(-WAITING_EVENTS);
  if (sending) return;
  sending = true;
  queueMicrotask(sendWaiting);
}

function postAlone(event, context) {
  const sent = send([event]).catch(() => {});
  if (typeof context?.waitUntil === "function") context.waitUntil(sent);
}

/** Send batch after batch, one at a time; what meets no answer waits for the next event, or for the page to go. */
async function sendWaiting() {
  try {
    while (waiting.length > 0) {
      const batch = nextBatch();
      const response = await send(batch);
      if (!response.ok && response.status !== 400 && response.status !== 413) return;
      waiting = waiting.filter((event) => !batch.includes(event));
    }
  } catch {
    // No network: they wait.
  } finally {
    sending = false;
  }
}

/** The page is about to go: hand what waits to the browser. What is under way may be sent twice, and is stored once. */
function leave() {
  while (waiting.length > 0) {
    const batch = nextBatch();
    if (!handOver(batch)) return;
    waiting = waiting.filter((event) => !batch.includes(event));
  }
}

function handOver(batch) {
  // A beacon carries no Authorization header.
  if (!batch[0].key) return globalThis.navigator.sendBeacon(batch[0].url, bodyOf(batch));
  send(batch, true).catch(() => {});
  return true;
}

/** The oldest that go to the same place, as many as one request may have. */
function nextBatch() {
  const batch = [];
  let bytes = 100;
  for (const event of waiting) {
    bytes += bytesOf(event.line) + 1;
    if (batch.length === BATCH_EVENTS || bytes > BATCH_BYTES || event.url !== waiting[0].url || event.key !== waiting[0].key) break;
    batch.push(event);
  }
  return batch;
}

function send(batch, keepalive = false) {
  const [{ url, key }] = batch;
  const headers = { "Content-Type": "text/plain;charset=UTF-8", ...(key && { Authorization: `Bearer ${key}` }) };
  return fetch(url, { method: "POST", headers, body: bodyOf(batch), keepalive });
}

function bodyOf(batch) {
  return `{"sent_at":"${new Date().toISOString()}","events":[${batch.map(({ line }) => line).join(",")}]}`;
}
