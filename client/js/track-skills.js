// Made by `make clients`. Change its parts instead: client/js/src/client.js client/js/src/host.js
// client/js/src/agents.js client/js/src/sender.js
/**
 * Track Skills: record that a skill or tool ran, how it ended and how long it took, without ever being in its way.
 * One file for Node, Deno, browsers and Workers. The rules it keeps are in client/CONTRACT.md.
 */

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

/** Which agent runs this process. Rules: client/CONTRACT.md; data: client/agents.json. */
/** Return the agent's id and its session's; undefined for what the environment does not say. */
function findHost(environment) {
  const agent = namedAgent(environment) ?? AGENTS.find(({ variables }) => variables.some((one) => isMarked(one, environment)))?.id;
  const variable = AGENTS.find(({ id }) => id === agent)?.session;
  return { agent, session: variable && environment[variable] };
}

/** What AI_AGENT says, or AGENT: other programs use that one too, so it counts where we know the name. */
function namedAgent(environment) {
  const said = agentName(environment.AI_AGENT);
  if (said) return said;
  const known = agentName(environment.AGENT);
  return AGENTS.some(({ id }) => id === known) ? known : undefined;
}

/** Our id for a name; a version after it (`claude-code_2-1-331_agent`) is cut off. */
function agentName(value = "") {
  const said = value.trim().replace(/(?<=.)_[0-9].*$/s, "");
  return ["", "1", "true"].includes(said) ? undefined : (AGENT_NAMES.get(said) ?? said);
}

function isMarked(variable, environment) {
  const [name, wanted] = variable.split("=");
  return Boolean(environment[name]) && (!wanted || environment[name] === wanted);
}

/** Which agents there are. Made by `make clients`: change client/agents.json instead. */
const AGENTS = [
    {"id": "grok", "variables": ["GROK_PLUGIN_ROOT", "GROK_PLUGIN_DATA"]},
    {"id": "kimi", "variables": ["KIMI_PLUGIN_ROOT"]},
    {"id": "cowork", "variables": ["CLAUDE_CODE_IS_COWORK"], "session": "CLAUDE_CODE_SESSION_ID"},
    {"id": "claude-code", "variables": ["CLAUDECODE", "CLAUDE_CODE"], "session": "CLAUDE_CODE_SESSION_ID"},
    {"id": "cursor", "variables": ["CURSOR_AGENT", "CURSOR_EXTENSION_HOST_ROLE=agent-exec"]},
    {"id": "codex", "variables": ["CODEX_THREAD_ID", "CODEX_SANDBOX", "CODEX_CI"], "session": "CODEX_THREAD_ID"},
    {"id": "qwen-code", "variables": ["QWEN_CODE"]},
    {"id": "gemini-cli", "variables": ["GEMINI_CLI"]},
    {"id": "antigravity", "variables": ["ANTIGRAVITY_AGENT"]},
    {"id": "augment", "variables": ["AUGMENT_AGENT"]},
    {"id": "opencode", "variables": ["OPENCODE", "OPENCODE_CLIENT"]},
    {"id": "amp", "variables": ["AMP_THREAD_ID"], "session": "AMP_THREAD_ID"},
    {"id": "cline", "variables": ["CLINE_ACTIVE"]},
    {"id": "roo-code", "variables": ["ROO_ACTIVE"]},
    {"id": "junie", "variables": ["JUNIE_DATA", "JUNIE_SHIM_PATH"]},
    {"id": "pi", "variables": ["PI_CODING_AGENT"]},
    {"id": "trae", "variables": ["TRAE_AI_SHELL_ID"]},
    {"id": "openclaw", "variables": ["OPENCLAW_SHELL"]},
    {"id": "copilot", "variables": ["COPILOT_CLI", "COPILOT_MODEL", "COPILOT_ALLOW_ALL"]},
    {"id": "goose", "variables": ["GOOSE_TERMINAL", "GOOSE_PROVIDER"]},
    {"id": "cursor", "variables": ["CURSOR_TRACE_ID"]},
    {"id": "replit", "variables": ["REPL_ID"]},
];
const AGENT_NAMES = new Map([
    ["claude", "claude-code"],
    ["claude_code", "claude-code"],
    ["claudecode", "claude-code"],
    ["codex-cli", "codex"],
    ["codex_cli", "codex"],
    ["openai-codex", "codex"],
    ["cursor-cli", "cursor"],
    ["cursor-agent", "cursor"],
    ["cursor_cli", "cursor"],
    ["gemini", "gemini-cli"],
    ["gemini_cli", "gemini-cli"],
    ["github-copilot", "copilot"],
    ["github-copilot-cli", "copilot"],
    ["copilot-cli", "copilot"],
    ["qwen", "qwen-code"],
    ["qwen_code", "qwen-code"],
    ["augment-cli", "augment"],
    ["auggie", "augment"],
    ["open-code", "opencode"],
    ["open_code", "opencode"],
    ["roo", "roo-code"],
]);

/**
 * The sender: posts the spool's events to the collector. It runs in a process of its own, from its source, so that the module may be
 * bundled; it uses nothing of this file.
 */
function sender(require, waitMs) {
  const fs = require("node:fs");
  const { TRACK_SKILLS_HOME: home, TRACK_SKILLS_ENDPOINT: endpoint = "", TRACK_SKILLS_API_KEY: key } = process.env;
  const spool = `${home}/spool`;
  const lock = `${home}/lock`;

  process.title = "track-skills sender";
  process.on("uncaughtException", () => process.exit(1));
  setTimeout(main, waitMs);

  async function main() {
    while (!fs.existsSync(`${home}/off`) && takeLock()) {
      let done;
      try {
        done = await sendAll();
      } finally {
        attempt(() => read(lock).trim() === String(process.pid) && fs.unlinkSync(lock));
      }
      if (!done) attempt(() => fs.utimesSync(`${home}/pending`, Date.now() / 1000 + 10, Date.now() / 1000 + 10));
      // Whoever recorded a moment ago may have met the lock and left it to this sender.
      if (!done || names().every((name) => done.has(name))) return;
    }
  }

  /** Send batch after batch, oldest first; return the files dealt with, null after an answer to stop at. */
  async function sendAll() {
    const ends = Date.now() + 30_000;
    const done = new Set();
    let most = 100;
    keepLimits();
    while (Date.now() < ends) {
      const batch = readBatch(most, done);
      if (batch.size === 0) break;
      const status = await request([...batch.values()]);
      if (status === 413 && batch.size > 1) {
        most = Math.floor(batch.size / 2);
      } else if (status < 200 || (status >= 300 && status < 400) || status === 408 || status === 429 || status >= 500) {
        return null;
      } else {
        for (const name of batch.keys()) {
          remove(name);
          done.add(name);
        }
      }
    }
    return done;
  }

  /** Drop what is over 7 days old, then the oldest until 1 MiB is left. */
  function keepLimits() {
    const kept = [];
    for (const name of names()) {
      if (age(name) > 7 * 86_400_000) remove(name);
      else kept.push([name, attempt(() => fs.statSync(`${spool}/${name}`).size) ?? 0]);
    }
    let total = kept.reduce((sum, [, size]) => sum + size, 0);
    for (const [name, size] of kept) {
      if (total <= 1_048_576) return;
      remove(name);
      total -= size;
    }
  }

  /** Return the next lines to send by file name; add to `done` the files that are not to be sent. */
  function readBatch(most, done) {
    const batch = new Map();
    let size = '{"events":[]}'.length;
    for (const name of names()) {
      if (done.has(name)) continue;
      const content = attempt(() => read(`${spool}/${name}`)) ?? "";
      if (isEvent(content)) {
        size += Buffer.byteLength(content);
        if (batch.size > 0 && (batch.size === most || size > 204_800)) break;
        batch.set(name, content.slice(0, -1));
        continue;
      }
      done.add(name);
      if (content.endsWith("\n") || age(name) > 60_000) remove(name);
    }
    return batch;
  }

  /** Whether a file holds a whole line with one JSON object: anything else would spoil the batch it is sent in. */
  function isEvent(content) {
    return content.startsWith("{") && content.endsWith("}\n") && attempt(() => typeof JSON.parse(content)) === "object";
  }

  /** Return the status of the collector's answer, 0 if there was none within the time allowed. */
  function request(lines) {
    return new Promise((resolve) => {
      const url = new URL(`${endpoint.replace(/\/+$/, "")}/api/track`);
      const secure = url.protocol === "https:";
      const body = Buffer.from(`{"events":[${lines.join(",")}]}`);
      const headers = { "Content-Type": "application/json", "Content-Length": body.length, "User-Agent": "track-skills-js" };
      if (key) headers.Authorization = `Bearer ${key}`;
      const post = require(secure ? "node:https" : "node:http").request(url, { method: "POST", headers, agent: false });
      const finish = (status) => {
        clearTimeout(connecting);
        clearTimeout(answering);
        post.destroy();
        resolve(status);
      };
      const connecting = setTimeout(finish, 2000, 0);
      const answering = setTimeout(finish, 5000, 0);
      post.on("socket", (socket) => socket.once(secure ? "secureConnect" : "connect", () => clearTimeout(connecting)));
      post.on("response", (response) => finish(response.statusCode));
      post.on("error", () => finish(0));
      post.end(body);
    });
  }

  function takeLock() {
    for (const last of [false, true]) {
      try {
        fs.writeFileSync(lock, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
        return true;
      } catch (error) {
        if (error.code !== "ENOSPC" && (error.code !== "EEXIST" || last || !isStale())) return false;
        attempt(() => fs.unlinkSync(lock));
        // A full disk, which sending empties: go on without the lock.
        if (error.code === "ENOSPC") return true;
      }
    }
  }

  function isStale() {
    try {
      if (Date.now() - fs.statSync(lock).mtimeMs > 60_000) return true;
      let holder = read(lock).trim();
      if (!holder) {
        // Its maker is about to write, or died in between.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
        holder = read(lock).trim();
      }
      if (!/^\d+$/.test(holder)) return !holder;
      process.kill(Number(holder), 0);
      // In a container nobody may collect the dead: the state stands behind the name in brackets.
      return / Z /.test((attempt(() => read(`/proc/${holder}/stat`)) ?? "").replace(/.*\)/s, "").slice(0, 3));
    } catch (error) {
      return error.code === "ESRCH" || error.code === "ENOENT";
    }
  }

  function names() {
    return (attempt(() => fs.readdirSync(spool)) ?? []).filter((name) => name.endsWith(".ndjson")).sort();
  }

  /** Milliseconds since the event was recorded, from its file's name. */
  function age(name) {
    const recorded = /^\d+(?=-)/.exec(name);
    return recorded ? Date.now() - Number(recorded[0]) : Infinity;
  }

  function read(path) {
    return fs.readFileSync(path, "utf8");
  }

  function remove(name) {
    attempt(() => fs.unlinkSync(`${spool}/${name}`));
  }

  function attempt(action) {
    try {
      return action();
    } catch {
      return undefined;
    }
  }
}
