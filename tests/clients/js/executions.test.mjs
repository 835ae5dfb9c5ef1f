/** What trackSkillExecution leaves untouched and what it records. Run by test_js_client.py, which sets the environment. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { runInNewContext } from "node:vm";
import { track, trackSkillExecution } from "../../../client/js/node.js";

const spool = `${process.env.TRACK_SKILLS_HOME}/spool`;
const events = () => readdirSync(spool).sort().map((name) => JSON.parse(readFileSync(`${spool}/${name}`, "utf8")));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(() => {
  for (const name of readdirSync(spool)) rmSync(`${spool}/${name}`);
});

function onlyEvent() {
  assert.equal(events().length, 1);
  return events()[0];
}

for (const [value, status] of [
  [undefined, "success"],
  [null, "success"],
  [0, "success"],
  ["text", "success"],
  [{}, "success"],
  [{ success: true }, "success"],
  [{ success: false, error: "no" }, "error"],
  [{ get success() { throw new Error("getter"); } }, "success"],
]) {
  test(`returns ${typeof value} ${Object.keys(value ?? {})} as it is: ${status}`, async () => {
    assert.equal(trackSkillExecution("skill", () => value), value);
    assert.equal(await trackSkillExecution("skill", async () => value), value);
    assert.deepEqual(events().map((event) => event.status), [status, status]);
  });
}

class SkillError extends Error {}
class NamedError extends Error { name = "CustomName"; }

for (const [error, status, type] of [
  [new SkillError("no"), "error", "SkillError"],
  [new NamedError("no"), "error", "CustomName"],
  [new TypeError("no"), "error", "TypeError"],
  [new DOMException("no", "TimeoutError"), "timeout", "TimeoutError"],
  [Object.assign(new Error("no"), { code: "ETIMEDOUT" }), "timeout", "Error"],
  [new DOMException("no", "AbortError"), "skipped", undefined],
  [Object.assign(new Error("(outputHelp)"), { exitCode: 0, code: "commander.help" }), "success", undefined],
  [Object.assign(new Error("done"), { code: 0 }), "success", undefined],
  [Object.assign(new Error("no"), { exitCode: 1 }), "error", "Error"],
  ["text", "error", "String"],
  [undefined, "error", undefined],
  [null, "error", undefined],
  [new Proxy({}, { get() { throw new Error("trap"); } }), "error", undefined],
]) {
  test(`throws the same ${type ?? typeof error}: ${status}`, async () => {
    const caught = [];
    try {
      trackSkillExecution("skill", () => { throw error; });
    } catch (thrown) {
      caught.push(thrown);
    }
    await trackSkillExecution("skill", async () => { throw error; }).catch((thrown) => caught.push(thrown));
    assert.ok(caught.length === 2 && caught.every((thrown) => thrown === error));
    assert.deepEqual(events().map((event) => [event.status, event.error_type]), [[status, type], [status, type]]);
  });
}

test("hands over params and context and nothing else", () => {
  const params = {};
  const context = {};
  trackSkillExecution("skill", (...given) => assert.ok(given.length === 2 && given[0] === params && given[1] === context), params, context);
  assert.equal(onlyEvent().status, "success");
});

test("measures until the promise settles", async () => {
  await trackSkillExecution("skill", () => pause(30));
  assert.ok(onlyEvent().duration_ms >= 29 && onlyEvent().duration_ms < 500);
});

test("leaves thenables and generators alone, whose outcome is unknown", () => {
  let asked = 0;
  const then = () => { asked++; };
  // biome-ignore lint/suspicious/noThenProperty: A thenable is what is tested.
  class Lazy extends Promise { then(...given) { asked++; return super.then(...given); } }
  const lazy = new Lazy(() => {});
  const mixed = Object.assign(Promise.resolve(1), { pid: 7 });
  const values = [{ then }, Object.assign(() => {}, { then }), lazy, mixed, (function* () {})(), (async function* () {})()];
  for (const value of values) assert.equal(trackSkillExecution("skill", () => value), value);
  assert.equal(asked, 0);
  assert.deepEqual(events().map((event) => [event.status, event.duration_ms]), values.map(() => ["unknown", undefined]));
});

test("takes an object whose `then` throws for a value", () => {
  // biome-ignore lint/suspicious/noThenProperty: A thenable is what is tested.
  const value = { get then() { throw new Error("getter"); } };
  assert.equal(trackSkillExecution("skill", () => value), value);
  assert.equal(onlyEvent().status, "success");
});

test("waits for promises of another realm", async () => {
  const other = runInNewContext("({ ok: async () => 7, fail: async () => { throw new RangeError('no') } })");
  assert.equal(await trackSkillExecution("ok", () => pause(30).then(other.ok)), 7);
  assert.equal(await trackSkillExecution("ok", async () => other.ok()), 7);
  const promise = trackSkillExecution("ok", () => other.ok());
  assert.ok(!(promise instanceof Promise));
  assert.equal(await promise, 7);
  await assert.rejects(trackSkillExecution("fail", () => other.fail()), { name: "RangeError" });
  assert.deepEqual(events().map((event) => event.status), ["success", "success", "success", "error"]);
});

test("takes a promise of a subclass for one of its kind", async () => {
  class Task extends Promise {}
  const task = trackSkillExecution("skill", () => new Task((resolve) => setTimeout(resolve, 30, 7)));
  assert.ok(task instanceof Task);
  assert.equal(await task, 7);
  assert.ok(onlyEvent().duration_ms >= 29);
});

test("odd fields and names cost at most themselves", () => {
  for (const name of [undefined, null, 5, {}, Symbol("x"), "\ud800"]) track(name);
  assert.equal(events().length, 0);
  const odd = { toString() { throw new Error("no"); } };
  const fields = { status: odd, duration_ms: NaN, tool_category: 5, error_type: odd, session_id: "a b", request_size_bytes: -1 };
  track("skill", fields);
  track("skill", null);
  track("skill", { duration_ms: 12.6, status: "success" });
  const [first, second] = events();
  assert.deepEqual(Object.keys(first), ["event_id", "timestamp", "tool_name", "status", "source", "anonymous_id", "os", "runtime"]);
  assert.equal(second.duration_ms, 13);
});
