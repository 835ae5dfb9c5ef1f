/**
 * Track Skills: record that a skill or tool ran, how it ended and how long it took, without ever being in its way.
 * One file for Node, Deno, browsers and Workers. The rules it keeps are in client/CONTRACT.md.
 */

import { findHost } from "./host.js";
import { sender } from "./sender.js";

/** @import { Context, Fields, Options } from "./track-skills.d.ts" */

const OFF = ["TRACK_SKILLS_DISABLED", "DO_NOT_TRACK"];
const CI = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "BUILDKITE", "JENKINS_URL"];
const STATUSES = ["success", "error", "timeout", "partial", "skipped", "denied"];
const STATUS_ALIASES = new Map([["failure", "error"], ["failed", "error"], ["ok", "success"], ["cancelled", "skipped"]]);
const TRIGGERS = ["user", "model", "nested"];
const TIMEOUTS = ["TimeoutError", "ETIMEDOUT"];
const SKIPPED = ["AbortError", "CanceledError", "CancelledError"];
const DAY_MS = 86_400_000;
const LINE_BYTES = 4096;
// How long a sender waits for further events before it sends, and how far ahead one that failed may put the next.
const WAIT_MS = 1000;
const BACK_OFF_MS = 10_000;

// Taken now: a host's tests may replace the timers later.
const startTimer = globalThis.setTimeout;
const encoder = new TextEncoder();
const builtins = new Map();
/** What `configure` was told, under the names of the environment's variables. */
let configured = {};
let disk;
/** The state folder that a sender is about to be started for. */
let due = null;
let exiting = false;
/** How many events this process has written. */
let written = 0;

globalThis.process?.on?.("exit", () => {
  exiting = true;
  startDue();
});

/**
 * Record that the tool `name` was used. Never throws, prints or waits for the network.
 * @param {string} name the tool_name; one that does not fit records nothing
 * @param {Fields} [fields] further fields of the event; one that does not fit is left out
 * @param {Context} [context] in Workers: what offers `waitUntil`
 */
export function track(name, fields = {}, context = undefined) {
  try {
    const environment = environmentNow();
    if (isOff(environment) || !isName(name) || !isWanted(name, environment)) return;
    const state = onDisk() ? spoolAt(homeOf(environment)) : null;
    const debug = isTrue(environment.TRACK_SKILLS_DEBUG);
    const anonymousId = state ? (debug ? (state.readAnonymousId() ?? uuid()) : state.anonymousId()) : undefined;
    const line = lineOf(name, fields, anonymousId, environment);
    if (debug) return show(line);
    if (!state) return post(line, environment, context);
    state.write(line);
    startSoon(state);
  } catch {
    // Nothing that happens here may reach the host.
  }
}

/**
 * Return `impl(params, context)`, recorded as one execution of `name`: same value, same exception, a promise only if `impl` returns one.
 * A result with `success: false` is recorded as an error. `params` and `context` are handed over; of them, only `context.waitUntil`
 * is ever used.
 * @template Result
 * @param {string} name the tool_name
 * @param {(params: any, context: any) => Result} impl what is executed
 * @param {any} [params]
 * @param {any} [context]
 * @returns {Result}
 */
export function trackSkillExecution(name, impl, params, context) {
  const started = performance.now();
  const finish = (outcome) => track(name, { duration_ms: performance.now() - started, ...outcome }, context);
  let result;
  try {
    result = impl(params, context);
  } catch (error) {
    finish(outcomeOfError(error));
    throw error;
  }
  if (!(result instanceof Promise)) {
    finish(outcomeOfResult(result));
    return result;
  }
  const settled = result.then(
    (value) => {
      finish(outcomeOfResult(value));
      return value;
    },
    (error) => {
      finish(outcomeOfError(error));
      throw error;
    },
  );
  return /** @type {any} */ (settled);
}

/** Start sending what waits in the spool, now and in a process of its own. Without a spool there is nothing to send. */
export function flush() {
  try {
    const environment = environmentNow();
    if (isOff(environment) || isTrue(environment.TRACK_SKILLS_DEBUG) || !onDisk()) return;
    const state = spoolAt(homeOf(environment));
    if (!state.isEmpty()) start(state.home, 0);
  } catch {
    // As in track.
  }
}

/** Return whether tracking is off: by the environment, the `off` file, the browser's wish, or for want of a collector or a home. */
export function isDisabled() {
  try {
    return isOff(environmentNow());
  } catch {
    return true;
  }
}

/**
 * Say what the environment says elsewhere, where there is none: in browsers and Workers, and in Deno without permissions.
 * @param {Options} options what to go by
 */
export function configure(options) {
  const variables = {
    TRACK_SKILLS_ENDPOINT: options.endpoint,
    TRACK_SKILLS_API_KEY: options.apiKey,
    TRACK_SKILLS_CATEGORY: options.category,
    TRACK_SKILLS_INCLUDE: options.include,
    TRACK_SKILLS_EXCLUDE: options.exclude,
    TRACK_SKILLS_DISABLED: options.disabled,
    TRACK_SKILLS_DEBUG: options.debug,
    TRACK_SKILLS_TEST: options.test,
    TRACK_SKILLS_ERROR_MESSAGES: options.errorMessages,
  };
  configured = Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
}

/**
 * Hand over Node's modules where `process.getBuiltinModule` does not exist (before Node 20.16). For node.js beside this file.
 * @param {Record<string, unknown>} modules by name, such as node:fs
 */
export function provideBuiltins(modules) {
  for (const [name, module] of Object.entries(modules)) builtins.set(name, module);
}

/** Whether there is an environment, a disk for the spool and a way to start a sender. */
function onDisk() {
  if (disk === undefined) {
    const isNode = Boolean(globalThis.process?.versions?.node) && globalThis.navigator?.userAgent !== "Cloudflare-Workers";
    disk = isNode && ["env", "read", "write", "run"].every((name) => isAllowed({ name })) && Boolean(builtin("node:fs"));
  }
  return disk;
}

/** Whether Deno lets us; it would ask the user for what it was not told, so it is asked first. */
function isAllowed(permission) {
  return !globalThis.Deno || globalThis.Deno.permissions.querySync(permission).state === "granted";
}

function builtin(name) {
  return builtins.get(name) ?? globalThis.process?.getBuiltinModule?.(name);
}

function environmentNow() {
  if (onDisk()) return process.env;
  return isAllowed({ name: "env" }) ? { ...globalThis.process?.env, ...configured } : configured;
}

function isTrue(value) {
  return ![undefined, "", "0", "false"].includes(value);
}

function isOff(environment) {
  if (OFF.some((name) => isTrue(environment[name])) || CI.some((name) => environment[name])) return true;
  if (onDisk()) {
    const home = homeOf(environment);
    if (!home || builtin("node:fs").existsSync(`${home}/off`)) return true;
  } else if (globalThis.navigator?.doNotTrack === "1" || /** @type {any} */ (globalThis.navigator)?.globalPrivacyControl === true) {
    return true;
  }
  return !environment.TRACK_SKILLS_ENDPOINT && !isTrue(environment.TRACK_SKILLS_DEBUG);
}

function homeOf(environment) {
  const { isAbsolute, join, resolve } = builtin("node:path");
  if (environment.TRACK_SKILLS_HOME) return resolve(environment.TRACK_SKILLS_HOME);
  if (isAbsolute(environment.XDG_STATE_HOME ?? "")) return join(environment.XDG_STATE_HOME, "track-skills");
  const user = environment.HOME || (process.platform === "win32" ? environment.USERPROFILE : "");
  return user ? resolve(user, ".local", "state", "track-skills") : null;
}

function isName(name) {
  return (
    typeof name === "string" &&
    /^[A-Za-z0-9 _.:/@+-]{1,128}$/.test(name) &&
    !/^ +$|^\/|^[A-Za-z]:|\.\.|\/.*\//.test(name)
  );
}

function isWanted(name, environment) {
  const globs = (value) => (value ?? "").split(",").map((glob) => glob.replace(/^ +| +$/g, "")).filter(Boolean);
  const include = globs(environment.TRACK_SKILLS_INCLUDE);
  const exclude = globs(environment.TRACK_SKILLS_EXCLUDE);
  if (exclude.some((glob) => matches(glob, name))) return false;
  return include.length === 0 || include.some((glob) => matches(glob, name));
}

function matches(glob, name) {
  if (!/^[A-Za-z0-9 _.:/@+*?-]+$/.test(glob)) return false;
  let at = 0;
  let position = 0;
  let star = -1;
  let retry = 0;
  while (position < name.length) {
    if (glob[at] === "*") {
      star = at++;
      retry = position;
    } else if (glob[at] === "?" || glob[at] === name[position]) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++retry;
    } else {
      return false;
    }
  }
  return /^\**$/.test(glob.slice(at));
}

function lineOf(name, fields, anonymousId, environment) {
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
  return encoder.encode(line).length < LINE_BYTES ? line : JSON.stringify({ ...event, error_message: undefined });
}

function oneOf(values, value) {
  return values.includes(value) ? value : undefined;
}

function label(value) {
  return typeof value === "string" && /^[A-Za-z0-9 _.:/@+-]{1,64}$/.test(value) ? value : undefined;
}

function identifier(value) {
  return typeof value === "string" && /^[A-Za-z0-9_.:-]{1,128}$/.test(value) ? value : undefined;
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
  if (globalThis.navigator?.userAgent === "Cloudflare-Workers") return "workers";
  if (!version) return "browser";
  return `${globalThis.Deno ? "deno" : globalThis.Bun ? "bun" : "node"} ${version.split(".", 2).join(".")}`;
}

function uuid() {
  const bytes = randomBytes(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function randomBytes(count) {
  return globalThis.crypto?.getRandomValues(new Uint8Array(count)) ?? builtin("node:crypto").randomBytes(count);
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function outcomeOfError(error) {
  try {
    const type = error?.name && error.name !== "Error" ? error.name : error?.constructor?.name;
    const names = [type, error?.code];
    if (SKIPPED.some((name) => names.includes(name))) return { status: "skipped" };
    const status = TIMEOUTS.some((name) => names.includes(name)) ? "timeout" : "error";
    return { status, error_type: type, error_message: error?.message ?? error };
  } catch {
    return { status: "error" };
  }
}

function outcomeOfResult(result) {
  try {
    return { status: typeof result === "object" && result?.success === false ? "error" : "success" };
  } catch {
    return { status: "success" };
  }
}

function show(line) {
  if (onDisk()) builtin("node:fs").writeSync(2, `${line}\n`);
  else console.error(line);
}

/** Post one event from where there is no spool; a page that goes away or a Worker that has answered does not stop it. */
function post(line, environment, context) {
  const url = `${environment.TRACK_SKILLS_ENDPOINT.replace(/\/+$/, "")}/api/track`;
  const body = `{"events":[${line}]}`;
  const key = environment.TRACK_SKILLS_API_KEY;
  if (!isAllowed({ name: "net", host: new URL(url).host })) return;
  // A beacon carries no Authorization header.
  if (!key && globalThis.navigator?.sendBeacon?.(url, body)) return;
  const headers = { "Content-Type": "text/plain;charset=UTF-8", ...(key && { Authorization: `Bearer ${key}` }) };
  const sent = fetch(url, { method: "POST", headers, body, keepalive: true }).catch(() => {});
  if (typeof context?.waitUntil === "function") context.waitUntil(sent);
}

/** The state folder `home`: the id of this installation and the spool, one file for each event. */
function spoolAt(home) {
  const fs = builtin("node:fs");
  const idFile = `${home}/anonymous_id`;

  function create(path, line) {
    const data = encoder.encode(`${line}\n`);
    const file = fs.openSync(path, "wx", 0o600);
    let bytes = 0;
    try {
      bytes = fs.writeSync(file, data);
    } finally {
      fs.closeSync(file);
      if (bytes < data.length) fs.unlinkSync(path);
    }
  }

  function readAnonymousId() {
    try {
      return /^([A-Za-z0-9_.:-]{1,128})\n*$/.exec(fs.readFileSync(idFile, "latin1"))?.[1];
    } catch {
      return undefined;
    }
  }

  function makeAnonymousId() {
    const made = uuid();
    try {
      fs.mkdirSync(home, { recursive: true, mode: 0o700 });
      create(idFile, made);
      return made;
    } catch (error) {
      return error.code === "EEXIST" && mayMend() ? settledAnonymousId(made) : undefined;
    }
  }

  function mayMend() {
    try {
      fs.accessSync(home, fs.constants.W_OK);
      fs.accessSync(idFile, fs.constants.R_OK);
      return true;
    } catch {
      return false;
    }
  }

  /** Return the id that somebody else is just writing; after 100 ms take the file for broken and write `made`. */
  function settledAnonymousId(made) {
    for (let look = 0; look < 10; look++) {
      const known = readAnonymousId();
      if (known) return known;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
    try {
      fs.unlinkSync(idFile);
      create(idFile, made);
      return made;
    } catch {
      return readAnonymousId();
    }
  }

  function write(line) {
    // The count keeps the order of events within a millisecond.
    written = (written + 1) % 0x10000;
    const unique = written.toString(16).padStart(4, "0") + hex(randomBytes(4));
    const name = `${String(Date.now()).padStart(13, "0")}-${process.pid}-${unique}.ndjson`;
    const path = `${home}/spool/${name}`;
    try {
      create(path, line);
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      fs.mkdirSync(`${home}/spool`, { recursive: true, mode: 0o700 });
      create(path, line);
    }
  }

  function isEmpty() {
    return !fs.existsSync(`${home}/spool`) || !fs.readdirSync(`${home}/spool`).some((name) => name.endsWith(".ndjson"));
  }

  return { home, readAnonymousId, anonymousId: () => readAnonymousId() ?? makeAnonymousId(), write, isEmpty };
}

/**
 * Start a sender unless one is waiting that will meet all that was recorded until now. The time of the file `pending` tells: the last
 * start, or later if that sender failed and wants a pause. The start is left for after the caller's turn, or for the exit.
 */
function startSoon(state) {
  if (due) return;
  const fs = builtin("node:fs");
  const pending = `${state.home}/pending`;
  const age = Date.now() - (fs.statSync(pending, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (-BACK_OFF_MS <= age && age < WAIT_MS) return;
  try {
    fs.closeSync(fs.openSync(pending, "a", 0o600));
    fs.utimesSync(pending, new Date(), new Date());
  } catch {
    // Without the mark more senders are started than need be.
  }
  due = state.home;
  if (exiting) startDue();
  else startTimer(startDue, 0);
}

function startDue() {
  const home = due;
  due = null;
  if (home) start(home, WAIT_MS);
}

/** Start a process that sends what is in the spool of `home` after so many milliseconds, and leave it to itself. */
function start(home, waitMs) {
  try {
    const program = /[/\\](node|deno|bun)(\.exe)?$/.test(process.execPath) ? process.execPath : "node";
    const { NODE_OPTIONS, ...environment } = process.env;
    // A bundler that keeps names wraps each function in a call of its own __name.
    const source = `const __name = (named) => named; (${sender})(require, ${waitMs})`;
    const child = builtin("node:child_process").spawn(program, ["-e", source], {
      detached: true,
      stdio: "ignore",
      windowsHide: true,
      cwd: home,
      env: { ...environment, TRACK_SKILLS_HOME: home },
    });
    child.on("error", () => {});
    child.unref();
  } catch {
    // What waits in the spool waits for the next sender.
  }
}
