// Made by `make clients`. Change its parts instead: client/js/src/client.js client/js/src/environment.js
// client/js/src/endpoint.js client/js/src/switches.js client/js/src/spool.js client/js/src/names.js
// client/js/src/random.js client/js/src/event.js client/js/src/host.js client/js/src/agents.js
// client/js/src/senders.js client/js/src/pace.js client/js/src/proxy.js client/js/src/request.js
// client/js/src/sender.js client/js/src/page.js client/js/src/outcomes.js
/**
 * Track Skills: record that a skill or tool ran, how it ended and how long it took, without ever being in its way.
 * One file for Node, Deno, browsers and Workers. The rules it keeps are in client/CONTRACT.md.
 */

/** @import { Context, Fields, Options } from "./track-skills.d.ts" */

/**
 * Record that the tool `name` was used. Never throws, prints or waits for the network.
 * @param {string} name the tool_name; one that does not fit records nothing
 * @param {Fields} [fields] further fields of the event; one that does not fit is left out
 * @param {Context} [context] in Workers: what offers `waitUntil`
 */
function track(name, fields = {}, context = undefined) {
  try {
    const environment = environmentNow();
    if (isOff(environment) || !isName(name) || !isWanted(name, environment)) return;
    const state = onDisk() ? spoolAt(homeOf(environment)) : null;
    const debug = isTrue(environment.TRACK_SKILLS_DEBUG);
    const anonymousId = state ? (debug ? (state.readAnonymousId() ?? uuid()) : state.anonymousId()) : undefined;
    const line = lineOf(name, fields, anonymousId, environment);
    if (debug) return show(line);
    if (!state) return post(line, environment, context);
    if (baseUrl(environment)) {
      state.write("spool", line);
      startSoon(state.home);
    } else {
      state.write("local", line);
      tidySoon(state.home);
    }
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
function trackSkillExecution(name, impl, params, context) {
  const started = performance.now();
  const finish = (outcome) => track(name, { duration_ms: performance.now() - started, ...outcome }, context);
  let result;
  try {
    result = impl(params, context);
  } catch (error) {
    finish(outcomeOfError(error));
    throw error;
  }
  return settled(
    result,
    (value) => finish(outcomeOfResult(value)),
    (error) => finish(outcomeOfError(error)),
    () => track(name, {}, context),
  );
}

/** Start sending what waits in the spool, now and in a process of its own. Without a spool there is nothing to send. */
function flush() {
  try {
    const environment = environmentNow();
    if (isOff(environment) || isTrue(environment.TRACK_SKILLS_DEBUG) || !onDisk() || !baseUrl(environment)) return;
    const state = spoolAt(homeOf(environment));
    if (!state.isEmpty()) startNow(state.home);
  } catch {
    // As in track.
  }
}

/** Return whether tracking is off: by the environment, the `off` file, the browser's wish, or for want of a home or of anywhere to go. */
function isDisabled() {
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
function configure(options) {
  setConfigured({
    TRACK_SKILLS_ENDPOINT: options.endpoint,
    TRACK_SKILLS_API_KEY: options.apiKey,
    TRACK_SKILLS_CATEGORY: options.category,
    TRACK_SKILLS_INCLUDE: options.include,
    TRACK_SKILLS_EXCLUDE: options.exclude,
    TRACK_SKILLS_TOOL_VERSION: options.toolVersion,
    TRACK_SKILLS_DISABLED: options.disabled,
    TRACK_SKILLS_DEBUG: options.debug,
    TRACK_SKILLS_TEST: options.test,
    TRACK_SKILLS_ERROR_MESSAGES: options.errorMessages,
  });
}

/**
 * Hand over Node's modules where `process.getBuiltinModule` does not exist (before Node 20.16). For node.js and node.cjs beside this file.
 * @param {Record<string, unknown>} modules by name, such as node:fs
 */
function provideBuiltins(modules) {
  provide(modules);
}

function show(line) {
  if (onDisk()) builtin("node:fs").writeSync(2, `${line}\n`);
  else console.error(line);
}

/** Where this runs, and what the environment says there. */

const builtins = new Map();
/** What `configure` was told, under the names of the environment's variables. */
let configured = {};
let disk;

function provide(modules) {
  for (const [name, module] of Object.entries(modules)) builtins.set(name, module);
}

function setConfigured(variables) {
  configured = Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
}

/** Whether there is an environment, a disk for the spool and a way to start a sender. */
function onDisk() {
  if (disk === undefined) {
    const isNode = Boolean(globalThis.process?.versions?.node) && !isWorker();
    disk = isNode && ["env", "read", "write", "run"].every((name) => isAllowed({ name })) && Boolean(builtin("node:fs"));
  }
  return disk;
}

/** Whether this is a Cloudflare Worker. */
function isWorker() {
  return globalThis.navigator?.userAgent === "Cloudflare-Workers";
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

/** Where events are posted to, and with which key, as the environment says. Rules: client/CONTRACT.md. */

/** The collector's base URL, without a slash at its end; undefined if there is none. */
function baseUrl(environment) {
  const value = bare(environment.TRACK_SKILLS_ENDPOINT);
  const scheme = /:\/\//.test(value) ? "" : /^(localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/.test(value) ? "http://" : "https://";
  const url = `${scheme}${value}`.replace(/\/+$/, "").replace(/\/api\/track$/, "").replace(/\/+$/, "");
  return /^https?:\/\/[^/:?#\s"'][^?#\s"']*$/.test(url) ? url : undefined;
}

/** The Bearer token, printable ASCII; undefined if there is none. */
function apiKey(environment) {
  const value = bare(environment.TRACK_SKILLS_API_KEY);
  return /^[ -~]+$/.test(value) ? value : undefined;
}

/** A value without the white space around it, and without one pair of quotes. */
function bare(value = "") {
  return value.replace(/^[ \t\r\n\v\f]+|[ \t\r\n\v\f]+$/g, "").replace(/^(["'])(.*)\1$/s, "$2");
}

/** On or off. Rules: client/CONTRACT.md. */
const OFF = ["TRACK_SKILLS_DISABLED", "DO_NOT_TRACK", "DISABLE_TELEMETRY"];
const CI = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "BUILDKITE", "JENKINS_URL", "TEAMCITY_VERSION", "TF_BUILD"];

function isOff(environment) {
  if (isSwitchedOff(environment)) return true;
  return !baseUrl(environment) && !(onDisk() && keepsEvents(environment)) && !isTrue(environment.TRACK_SKILLS_DEBUG);
}

/** Whether something says that nothing is to be recorded; whether there is anywhere to go is asked after that. */
function isSwitchedOff(environment) {
  if (OFF.some((name) => isTrue(environment[name])) || CI.some((name) => environment[name])) return true;
  if (onDisk()) {
    const home = homeOf(environment);
    if (!home || !isOurs(home) || builtin("node:fs").existsSync(`${home}/off`)) return true;
  } else if (globalThis.navigator?.doNotTrack === "1" || /** @type {any} */ (globalThis.navigator)?.globalPrivacyControl === true) {
    return true;
  }
  return false;
}

/** Whether the local store is on: events stay on this machine, also after they were sent. */
function keepsEvents(environment) {
  return isTrue(environment.TRACK_SKILLS_LOCAL) || builtin("node:fs").existsSync(`${homeOf(environment)}/local_on`);
}

/**
 * Whether a folder belongs to this user; if it is still to be made, whether making it takes nobody's home. Only root can make folders
 * in the home of another user, where `sudo` leaves HOME as it was.
 */
function isOurs(folder) {
  const user = process.geteuid?.();
  if (user === undefined || process.platform === "win32") return true;
  const owner = builtin("node:fs").statSync(folder, { throwIfNoEntry: false })?.uid;
  if (owner !== undefined) return owner === user;
  const parent = builtin("node:path").dirname(folder);
  return user !== 0 || parent === folder || isOurs(parent);
}

/** The state folder: the id of this installation, the spool and the local store, one file for each event. */
/** How many events this process has written. */
let written = 0;

function homeOf(environment) {
  const { isAbsolute, join, resolve } = builtin("node:path");
  if (environment.TRACK_SKILLS_HOME) return resolve(environment.TRACK_SKILLS_HOME);
  if (isAbsolute(environment.XDG_STATE_HOME ?? "")) return join(environment.XDG_STATE_HOME, "track-skills");
  const user = environment.HOME || (process.platform === "win32" ? environment.USERPROFILE : "");
  return user ? resolve(user, ".local", "state", "track-skills") : null;
}

/** What is done with the state folder `home`. */
function spoolAt(home) {
  const fs = builtin("node:fs");
  const idFile = `${home}/anonymous_id`;

  /** Make the state folder and some in it, for their user alone; those above it are made as any program makes them. */
  function makeFolders(...inner) {
    fs.mkdirSync(builtin("node:path").dirname(home), { recursive: true });
    for (const folder of [home, ...inner.map((name) => `${home}/${name}`)]) {
      try {
        fs.mkdirSync(folder, { mode: 0o700 });
      } catch (error) {
        // It may be there, or another process has just made it.
        if (error.code !== "EEXIST") throw error;
      }
    }
  }

  function create(path, line) {
    const data = Buffer.from(`${line}\n`);
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
      return identifier(fs.readFileSync(idFile, "latin1").replace(/\n+$/, ""));
    } catch {
      return undefined;
    }
  }

  function makeAnonymousId() {
    const made = uuid();
    try {
      makeFolders();
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

  /** Write an event's line to a new file of `folder`, which is spool or local. */
  function write(folder, line) {
    // The count keeps the order of events within a millisecond.
    written = (written + 1) % 0x10000;
    const unique = written.toString(16).padStart(4, "0") + hex(randomBytes(4));
    const name = `${String(Date.now()).padStart(13, "0")}-${process.pid}-${unique}.ndjson`;
    const path = `${home}/${folder}/${name}`;
    try {
      create(path, line);
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      makeFolders(folder);
      create(path, line);
    }
  }

  function isEmpty() {
    return !fs.existsSync(`${home}/spool`) || !fs.readdirSync(`${home}/spool`).some((name) => name.endsWith(".ndjson"));
  }

  return { home, readAnonymousId, anonymousId: () => readAnonymousId() ?? makeAnonymousId(), write, isEmpty };
}

/** Which names, labels and ids are allowed, and which names are wanted. */

function isName(name) {
  return (
    typeof name === "string" &&
    /^[A-Za-z0-9 _.:/@+-]{1,128}$/.test(name) &&
    !/^ +$|^\/|^[A-Za-z]:|\.\.|\/.*\//.test(name)
  );
}

function label(value) {
  return typeof value === "string" && /^[A-Za-z0-9 _.:/@+-]{1,64}$/.test(value) ? value : undefined;
}

function identifier(value) {
  return typeof value === "string" && /^[A-Za-z0-9_.:-]{1,128}$/.test(value) ? value : undefined;
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

/** Random ids, wherever this runs. */
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

/** An event: one JSON object on one line, its fields in the contract's order, whatever does not fit left out. */
const STATUSES = ["success", "error", "timeout", "partial", "skipped", "denied"];
const STATUS_ALIASES = new Map([["failure", "error"], ["failed", "error"], ["ok", "success"], ["cancelled", "skipped"]]);
const TRIGGERS = ["user", "model", "nested"];
const DAY_MS = 86_400_000;
const LINE_BYTES = 4096;
const encoder = new TextEncoder();

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
  return bytesOf(line) < LINE_BYTES ? line : JSON.stringify({ ...event, error_message: undefined });
}

/** How many bytes a text has in UTF-8. */
function bytesOf(text) {
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

/** Starts detached processes that send what is in the spool, one at a time. */
// Taken now: a host's tests may replace the timers later.
const startTimer = globalThis.setTimeout;
// What is meant for the host's own runtime: options, and tools that measure its coverage.
const NOT_FOR_SENDERS = /^(NODE_(?!EXTRA_CA_CERTS$|TLS_)|DENO_COVERAGE)/;
/** The senders that are about to be started, by their state folder: each one's moment. */
const due = new Map();
let exiting = false;

globalThis.process?.on?.("exit", () => {
  exiting = true;
  startDue();
});

/**
 * Start a sender for the state folder `home`, unless one is on its way that takes along what was just recorded. The start is left for
 * after the caller's turn, or for the exit.
 */
function startSoon(home) {
  if (due.has(home)) return;
  const moment = claim(home);
  if (moment === null) return;
  due.set(home, moment);
  if (exiting) startDue();
  else if (due.size === 1) startTimer(startDue, 0);
}

/** Start what looks after the local store's limit where there is no collector, once in a minute at most. */
function tidySoon(home) {
  if (due.has(home) || !isDue(home)) return;
  pause(home);
  due.set(home, 0);
  if (exiting) startDue();
  else if (due.size === 1) startTimer(startDue, 0);
}

/** Start a sender for the state folder `home` that sends at once. */
function startNow(home) {
  pass(home);
  start(home, 0);
}

function startDue() {
  for (const [home, moment] of due) start(home, moment);
  due.clear();
}

/** Start a process that waits for the moment (epoch ms, 0: now), sends what is in the spool of `home`, and is left to itself. */
function start(home, moment) {
  try {
    const program = /[/\\](node|deno|bun)(\.exe)?$/.test(process.execPath) ? process.execPath : "node";
    const kept = Object.entries(process.env).filter(([name]) => !NOT_FOR_SENDERS.test(name));
    // A bundler that keeps names wraps each function in a call of its own __name.
    const source = `const __name = (named) => named; (${sender})(require, ${moment}, ${request}, ${proxyFor})`;
    const child = builtin("node:child_process").spawn(program, ["-e", source], {
      detached: true,
      stdio: "ignore",
      windowsHide: true,
      cwd: home,
      env: {
        ...Object.fromEntries(kept),
        // Named here, or Node would hand it down itself.
        NODE_V8_COVERAGE: undefined,
        TRACK_SKILLS_HOME: home,
        TRACK_SKILLS_ENDPOINT: baseUrl(process.env) ?? "",
        TRACK_SKILLS_API_KEY: apiKey(process.env) ?? "",
      },
    });
    child.on("error", () => {});
    child.unref();
  } catch {
    // What waits in the spool waits for the next sender.
  }
}

/** When this machine may post again: the file `next_post`, which all clients share. Rules: client/CONTRACT.md. */
const INTERVAL_MS = 12_000;
const PAUSE_MS = 60_000;
const WAITER_LATE_MS = 2000;

/**
 * Say in `next_post` that a sender is on its way, and return the moment it waits for: epoch ms, 0 for at once; null if another one
 * is, which will take the event along.
 */
function claim(home) {
  const { moment, digits, waiting } = readPace(home);
  if (isDue(home)) {
    pass(home);
    return 0;
  }
  if (waiting) return null;
  writePace(home, `${digits} waiting`);
  return moment;
}

/** Whether a sender may work at once: the moment is past and nobody is on the way, or makes no sense. */
function isDue(home) {
  const now = Date.now();
  const { moment, waiting } = readPace(home);
  return now >= moment + (waiting ? WAITER_LATE_MS : 0) || moment > now + PAUSE_MS + INTERVAL_MS;
}

/** Set the moment after a post that is made now. */
function pass(home) {
  writePace(home, String(Date.now() + INTERVAL_MS));
}

/** Set the moment for when there is no hurry. */
function pause(home) {
  writePace(home, String(Date.now() + PAUSE_MS));
}

/** The moment, epoch ms (0: none), as it is written, and whether somebody waits for it. */
function readPace(home) {
  let text = "";
  try {
    text = builtin("node:fs").readFileSync(`${home}/next_post`, "latin1");
  } catch {
    // Nobody has posted yet.
  }
  const [, digits = "0", waiting] = /^(\d{13})( waiting)?\n?$/.exec(text) ?? [];
  return { moment: Number(digits), digits, waiting: Boolean(waiting) };
}

function writePace(home, line) {
  try {
    builtin("node:fs").writeFileSync(`${home}/next_post`, `${line}\n`, { mode: 0o600 });
  } catch {
    // Without the file more senders are started than need be.
  }
}

/**
 * Which proxy leads to a URL, as curl reads the environment; null for the direct way. Handed to the sender as its source: it uses nothing
 * of this file but itself.
 */
function proxyFor(target, environment, net) {
  const first = (...names) => names.map((name) => environment[name]).find(Boolean) ?? "";
  // In capitals it could be a header that a web server made a variable of.
  const own = target.protocol === "http:" ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"];
  const value = first(...own, "all_proxy", "ALL_PROXY");
  if (!value || isExcluded(first("no_proxy", "NO_PROXY"))) return null;
  const scheme = (/^[a-z0-9]+(?=:\/\/)/i.exec(value)?.[0] ?? "http").toLowerCase();
  // Of a URL that says http, the port 80 would not be told from none, and a proxy's default is another.
  const url = new URL(value.replace(/^([a-z0-9]+:\/\/)?/i, "proxy://"));
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    protocol: `${scheme}:`,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port || (scheme === "https" ? 443 : 1080),
    headers: url.username ? { "Proxy-Authorization": `Basic ${Buffer.from(user).toString("base64")}` } : {},
  };

  function isExcluded(noProxy) {
    if (noProxy === "*") return true;
    const host = target.hostname.toLowerCase().replace(/^\[|\]$/g, "");
    const names = noProxy.toLowerCase().split(/[\s,]+/).map((name) => name.replace(/^\.+|\.+$/g, "")).filter(Boolean);
    const family = net.isIP(host);
    return names.some((name) => (family ? isIn(host, family, name) : host === name || host.endsWith(`.${name}`)));
  }

  function isIn(host, family, name) {
    const [network, bits] = name.split("/");
    if (net.isIP(network) !== family) return false;
    const list = new net.BlockList();
    list.addSubnet(network, Number(bits ?? (family === 4 ? 32 : 128)), `ipv${family}`);
    return list.check(host, `ipv${family}`);
  }
}

/**
 * Post a body to a URL, through a proxy where one is given; resolve to the answer's status, 0 if there was none within the time allowed,
 * and its text. Handed to the sender as its source: it uses nothing of this file but itself.
 */
function request(require, target, proxy, headers, body) {
  return new Promise((resolve) => {
    const secure = target.protocol === "https:";
    const open = [];
    const finish = (status, text = "") => {
      clearTimeout(connecting);
      clearTimeout(answering);
      for (const one of open) one.destroy();
      resolve({ status, text });
    };
    const connecting = setTimeout(finish, 2000, 0);
    const answering = setTimeout(finish, 5000, 0);
    try {
      if (proxy && secure) tunnel();
      else if (proxy) send(proxy.protocol, { ...proxy, path: target.href, headers: { Host: target.host, ...proxy.headers, ...headers } });
      else send(target.protocol, { ...place(), path: target.pathname, headers });
    } catch {
      finish(0);
    }

    /** Have the proxy connect to the host, and speak TLS through it. */
    function tunnel() {
      const host = `${target.hostname}:${target.port || 443}`;
      const asked = { ...proxy, method: "CONNECT", path: host, headers: { Host: host, ...proxy.headers }, agent: false };
      const connect = moduleFor(proxy.protocol).request(asked);
      open.push(connect);
      connect.on("error", () => finish(0));
      connect.on("response", () => finish(0));
      connect.on("connect", (answer, socket) => {
        open.push(socket);
        if (answer.statusCode !== 200) return finish(0);
        const { hostname } = place();
        const servername = require("node:net").isIP(hostname) ? undefined : hostname;
        send("https:", { path: target.pathname, headers: { Host: target.host, ...headers } }, { socket, servername, host: hostname });
      });
      connect.end();
    }

    /** @param {any} [tunnelled] what TLS through a tunnel takes */
    function send(protocol, options, tunnelled) {
      const tls = protocol === "https:";
      // Beside an agent, createConnection would not be asked.
      const way = tunnelled ? { createConnection: () => require("node:tls").connect(tunnelled) } : { agent: false };
      const post = moduleFor(protocol).request({ ...options, ...way, method: "POST" });
      open.push(post);
      post.on("socket", (one) => one.once(tls ? "secureConnect" : "connect", () => clearTimeout(connecting)));
      post.on("error", () => finish(0));
      post.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => {
          text += part;
          if (text.length > 1_048_576) finish(response.statusCode);
        });
        response.on("end", () => finish(response.statusCode, text));
        response.on("error", () => finish(0));
        response.on("aborted", () => finish(0));
      });
      post.end(body);
    }

    function place() {
      return { hostname: target.hostname.replace(/^\[|\]$/g, ""), port: target.port || (secure ? 443 : 80) };
    }

    /** Of a proxy that speaks neither http nor https there is none. */
    function moduleFor(protocol) {
      return require({ "http:": "node:http", "https:": "node:https" }[protocol]);
    }
  });
}

/**
 * The sender: posts the spool's events to the collector. It runs in a process of its own, from its source, so that the module may be
 * bundled; it uses nothing of this file. `moment`: epoch ms to wait for, 0 for at once; `request` and `proxyFor`: what is so called.
 */
function sender(require, moment, request, proxyFor) {
  const fs = require("node:fs");
  const { TRACK_SKILLS_HOME: home, TRACK_SKILLS_ENDPOINT: endpoint, TRACK_SKILLS_API_KEY: key } = process.env;
  const intervalMs = 12_000;
  const pauseMs = 60_000;
  const batchEvents = 100;
  const localFiles = 50_000;
  const spool = `${home}/spool`;
  const local = `${home}/local`;
  const lock = `${home}/lock`;
  let started = Date.now();

  process.title = "track-skills sender";
  process.on("uncaughtException", () => process.exit(1));
  // A clock that is set back in between must not keep this process.
  setTimeout(main, Math.min(Math.max(moment - started, 0), pauseMs + intervalMs));

  async function main() {
    // Without a collector nothing is ever sent: the sender only looks after the limit.
    if (!endpoint) return keepLocalLimit();
    if (moment) {
      // One that waits for a later moment takes the events along: so there are never more and more that wait.
      if (isOff() || awaited() > moment) return;
      started = Date.now();
      writePace(started + intervalMs);
    }
    while (!isOff() && takeLock()) {
      let done;
      try {
        done = await sendAll();
        if (keepsEvents()) keepLocalLimit();
      } finally {
        attempt(() => read(lock).trim() === String(process.pid) && fs.unlinkSync(lock));
      }
      // Whoever recorded a moment ago may have met the lock and left the event to this sender.
      if (!done || left(done).length === 0) return;
    }
  }

  /** The files that are still to be sent: where another sender waits, those recorded since are left to it. */
  function left(done) {
    const isLate = awaited() ? (name) => recorded(name) >= started : () => false;
    return names().filter((name) => !done.has(name) && !isLate(name));
  }

  /** The moment, epoch ms, for which a sender has said that it waits; 0 if none has. */
  function awaited() {
    const text = attempt(() => read(`${home}/next_post`)) ?? "";
    return Number(/^(\d{13}) waiting\n?$/.exec(text)?.[1] ?? 0);
  }

  /** Send batch after batch, oldest first; return the files dealt with, null after an answer to stop at. */
  async function sendAll() {
    const ends = Date.now() + 30_000;
    const done = new Set();
    let most = batchEvents;
    keepLimits();
    while (Date.now() < ends) {
      const batch = readBatch(most, done);
      if (batch.size === 0) break;
      const { status, text } = await post([...batch.values()]);
      const verdict = verdictOf(status, text);
      write("last_answer", `${Date.now()} ${String(status).padStart(3, "0")} ${verdict}`);
      if (verdict === "kept") {
        writePace(Date.now() + pauseMs);
        return null;
      }
      if (verdict === "refused" && batch.size > 1) {
        most = Math.floor(batch.size / 2);
        continue;
      }
      if (verdict === "taken") most = Math.min(2 * most, batchEvents);
      for (const name of batch.keys()) {
        dispose(name);
        done.add(name);
      }
    }
    return done;
  }

  /** What an answer says of the batch: only a JSON object with `success` is one of the collector's. */
  function verdictOf(status, text) {
    const success = attempt(() => JSON.parse(text))?.success;
    if (success === true && status >= 200 && status < 300) return "taken";
    return success === false && (status === 400 || status === 413) ? "refused" : "kept";
  }

  async function post(lines) {
    const target = new URL(`${endpoint}/api/track`);
    const body = Buffer.from(`{"sent_at":"${new Date().toISOString()}","events":[${lines.join(",")}]}`);
    const headers = { "Content-Type": "application/json", "Content-Length": body.length, "User-Agent": "track-skills-js" };
    if (key) headers.Authorization = `Bearer ${key}`;
    try {
      return await request(require, target, proxyFor(target, process.env, require("node:net")), headers, body);
    } catch {
      // Of a proxy that has no sense there is no answer.
      return { status: 0, text: "" };
    }
  }

  /** Drop the newest of the local store's files above its limit: what was kept stays until it is in the database. */
  function keepLocalLimit() {
    for (const name of names(local).slice(localFiles)) attempt(() => fs.unlinkSync(`${local}/${name}`));
  }

  /** Move a file of the spool to the local store if that keeps events, else remove it. */
  function dispose(name) {
    if (keepsEvents()) {
      attempt(() => fs.mkdirSync(local, { mode: 0o700 }));
      attempt(() => fs.renameSync(`${spool}/${name}`, `${local}/${name}`));
    }
    // What was sent must not be sent again, wherever it could not be moved to.
    remove(name);
  }

  function keepsEvents() {
    return !["", "0", "false"].includes(process.env.TRACK_SKILLS_LOCAL ?? "") || fs.existsSync(`${home}/local_on`);
  }

  /** Dispose of what is over 30 days old, then of the oldest until 8 MiB is left. */
  function keepLimits() {
    const kept = [];
    for (const name of names()) {
      if (age(name) > 30 * 86_400_000) dispose(name);
      else kept.push([name, attempt(() => fs.statSync(`${spool}/${name}`).size) ?? 0]);
    }
    let total = kept.reduce((sum, [, size]) => sum + size, 0);
    for (const [name, size] of kept) {
      if (total <= 8_388_608) return;
      dispose(name);
      total -= size;
    }
  }

  /** Return the next lines to send by file name; add to `done` the files that are not to be sent. */
  function readBatch(most, done) {
    const batch = new Map();
    let size = 0;
    for (const name of left(done)) {
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
      if (Math.abs(Date.now() - fs.statSync(lock).mtimeMs) > 60_000) return true;
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

  function names(folder = spool) {
    return (attempt(() => fs.readdirSync(folder)) ?? []).filter((name) => name.endsWith(".ndjson")).sort();
  }

  function age(name) {
    return Date.now() - recorded(name);
  }

  /** When the event was recorded, epoch ms, from its file's name; 0 if the name does not say. */
  function recorded(name) {
    return Number(/^\d+(?=-)/.exec(name)?.[0] ?? 0);
  }

  function isOff() {
    return fs.existsSync(`${home}/off`);
  }

  function writePace(next) {
    write("next_post", String(next));
  }

  function write(file, line) {
    attempt(() => fs.writeFileSync(`${home}/${file}`, `${line}\n`, { mode: 0o600 }));
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

/** Sending from where there is no spool: browsers, Workers, Deno without permissions. */
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
function post(line, environment, context) {
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

/** What an exception or a returned value says about how an execution ended. */

const TIMEOUTS = ["TimeoutError", "ETIMEDOUT"];
const SKIPPED = ["AbortError", "CanceledError", "CancelledError"];
const NATIVE_THEN = String(Promise.prototype.then);

function outcomeOfError(error) {
  try {
    const type = error?.name && error.name !== "Error" ? error.name : error?.constructor?.name;
    // A deliberate normal exit: what command line libraries throw to end after `--help`.
    if ([error?.exitCode, error?.exit_code, error?.code].includes(0)) return { status: "success" };
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

/**
 * Return `result`, or where it is a promise one that settles alike, and say how it ended: `onValue` and `onError` once it has, `onUnknown`
 * at once for what is still to run and cannot be awaited unseen.
 */
function settled(result, onValue, onError, onUnknown) {
  if (!isPlainPromise(result)) {
    if (isStillToRun(result)) onUnknown();
    else onValue(result);
    return result;
  }
  // Not its own `then`: one of another realm is a promise too.
  return Promise.prototype.then.call(
    result,
    (value) => {
      onValue(value);
      return value;
    },
    (error) => {
      onError(error);
      throw error;
    },
  );
}

/** Whether a value is a thenable or a generator. */
function isStillToRun(value) {
  try {
    if (typeof value !== "object" && typeof value !== "function") return false;
    return typeof value?.then === "function" || /^\[object (Async)?Generator\]$/.test(Object.prototype.toString.call(value));
  } catch {
    return false;
  }
}

/** Whether a promise, of whatever realm, can stand for it: it has nothing of its own, and its `then` does nothing more than that of all. */
function isPlainPromise(value) {
  try {
    if (typeof value !== "object" || Object.getOwnPropertyNames(value).length > 0) return false;
    return value.then === Promise.prototype.then || (Object.prototype.toString.call(value) === "[object Promise]" && String(value.then) === NATIVE_THEN);
  } catch {
    return false;
  }
}

module.exports = { track, trackSkillExecution, flush, isDisabled, configure, provideBuiltins };
