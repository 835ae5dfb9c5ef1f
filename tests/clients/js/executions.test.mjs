/** What trackSkillExecution leaves untouched and what it records. Run by test_js_client.py, which sets the environment. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { beforeEach, test } from "node:test";
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

test("leaves lazy thenables alone", () => {
  let asked = 0;
  // biome-ignore lint/suspicious/noThenProperty: A thenable is what is tested.
  const query = { then() { asked++; } };
  assert.equal(trackSkillExecution("skill", () => query), query);
  assert.equal(asked, 0);
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
