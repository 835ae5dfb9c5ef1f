// Made by `make clients`. Change its parts instead: client/js/src/telemetry.js client/js/src/environment.js
// client/js/src/switches.js client/js/src/endpoint.js client/js/src/spool.js client/js/src/names.js
// client/js/src/random.js client/js/src/telemetry_schema.js
/**
 * Track Skills: a store of skills' uses for a program's own records, in a SQLite database on this machine. It has the interface of the
 * field's oldest collector, and the database of the command `track-skills`. It needs node:sqlite: Node 22.13 or later.
 */

/** @import { EffectivenessReport, NewEvent, TelemetryCollector, TelemetryEvent } from "./telemetry.d.ts" */

/**
 * Return a collector on the database at `dbPath`, by default the local store's. Throws where this Node has no node:sqlite, and where
 * there is no path and no home to find one in.
 * @param {string} [dbPath]
 * @returns {TelemetryCollector}
 */
export function createTelemetryCollector(dbPath) {
  const sqlite = builtin("node:sqlite");
  if (!sqlite) throw new Error("createTelemetryCollector needs node:sqlite, which this runtime does not have: Node 22.13 or later does");
  const fs = builtin("node:fs");
  const { dirname, join } = builtin("node:path");
  const path = dbPath ?? (homeOf(environmentNow()) ? join(homeOf(environmentNow()), "telemetry.db") : undefined);
  if (!path) throw new Error("there is no state folder: neither TRACK_SKILLS_HOME nor HOME is set");

  /** Do something with the database, which is open only as long as that takes. */
  function within(action) {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    fs.closeSync(fs.openSync(path, "a", 0o600));
    const database = new sqlite.DatabaseSync(path);
    try {
      database.exec("PRAGMA busy_timeout = 10000");
      if (database.prepare("PRAGMA user_version").get().user_version !== TELEMETRY.version) prepare(database);
      return action(database);
    } catch (error) {
      throw new Error(`${path} cannot be used: ${error.message}`, { cause: error });
    } finally {
      database.close();
    }
  }

  /** @param {NewEvent} given */
  function recordEvent({ skillId, skillName, sessionId, outcome, agentId = "unknown", durationMs = null }) {
    for (const [name, value] of Object.entries({ skillId, skillName, outcome })) {
      if (typeof value !== "string" || !value) throw new TypeError(`${name} must be a text that is not empty`);
    }
    if (durationMs !== null && !(typeof durationMs === "number" && durationMs >= 0 && durationMs <= Number.MAX_SAFE_INTEGER)) {
      throw new TypeError("durationMs must be a number of milliseconds, or null");
    }
    const event = {
      id: uuid(),
      skillId,
      skillName,
      sessionId,
      agentId,
      durationMs: durationMs === null ? null : Math.round(durationMs),
      outcome,
      timestamp: new Date().toISOString(),
    };
    if (isSwitchedOff(environmentNow())) return event;
    const columns = [event.id, skillId, skillName, sessionId ?? "", agentId, event.durationMs, outcome, event.timestamp];
    within((database) => database.prepare(TELEMETRY.add).run(...columns));
    return event;
  }

  /** @param {string} [skillName] */
  function getEffectivenessReport(skillName) {
    if (!fs.existsSync(path)) return [];
    const rows = within((database) => database.prepare(TELEMETRY.summaries).all({ skill: skillName ?? null }));
    const skills = Map.groupBy(rows, (row) => JSON.stringify([row.skill_name, row.server]));
    return [...skills.values()].map(reportOf).sort(mostUsedFirst);
  }

  /** @param {string} [skillName] */
  function getEvents(skillName, limit = 100) {
    if (!fs.existsSync(path)) return [];
    return within((database) =>
      skillName === undefined
        ? database.prepare(TELEMETRY.events).all({ limit: Math.max(0, limit) }).map(eventOf)
        : database.prepare(TELEMETRY.eventsOfOne).all({ skill: skillName, limit: Math.max(0, limit) }).map(eventOf),
    );
  }

  return { recordEvent, getEffectivenessReport, getEvents };
}

/** Make what is missing; a database that is neither empty nor of this version is the command's to bring up to date. */
function prepare(database) {
  database.exec("BEGIN IMMEDIATE");
  try {
    const { user_version: version } = database.prepare("PRAGMA user_version").get();
    const tables = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get().count;
    if (version !== TELEMETRY.version) {
      if (version > TELEMETRY.version) throw new Error("it is of a later version of track-skills");
      const known = new Set(database.prepare("PRAGMA table_info(skill_telemetry)").all().map((column) => column.name));
      if (tables > 0 && known.size === 0) throw new Error("it is no database of ours");
      if (known.size === 0) database.exec(TELEMETRY.table);
      else for (const [name, rule] of TELEMETRY.columns) if (!known.has(name)) database.exec(`ALTER TABLE skill_telemetry ADD COLUMN ${name} ${rule}`);
      for (const statement of TELEMETRY.schema) database.exec(statement);
      if (known.size > 0) database.exec(TELEMETRY.addAllUp);
      database.exec(`PRAGMA user_version = ${TELEMETRY.version}`);
    }
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function reportOf(rows) {
  const total = (column) => rows.reduce((sum, row) => sum + row[column], 0);
  const [known, timed] = [total("known_uses"), total("timed_uses")];
  return {
    skillName: rows[0].skill_name,
    totalUses: total("total_uses"),
    successCount: total("success_count"),
    failureCount: total("failure_count"),
    successRate: known ? Math.round((1000 * total("success_count")) / known) / 1000 : null,
    avgDurationMs: timed ? Math.round(total("duration_ms") / timed) : null,
    agentsUsed: rows.map((row) => row.agent_id).sort(),
    firstUsed: rows.map((row) => row.first_used).sort()[0],
    lastUsed: rows.map((row) => row.last_used).sort().at(-1),
    toolCategory: rows[0].server || null,
  };
}

function mostUsedFirst(one, other) {
  return other.totalUses - one.totalUses || (one.skillName < other.skillName ? -1 : 1);
}

function eventOf(row) {
  return {
    id: row.id,
    skillId: row.skill_id,
    skillName: row.skill_name,
    sessionId: row.session_id || null,
    agentId: row.agent_id,
    durationMs: row.duration_ms,
    outcome: row.outcome,
    timestamp: row.timestamp,
  };
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

/** The local store's database. Made by `make clients`: change track_skills/local/database.py instead. */
const TELEMETRY = {
  "version": 1,
  "columns": [
    [
      "id",
      "TEXT PRIMARY KEY"
    ],
    [
      "skill_id",
      "TEXT NOT NULL"
    ],
    [
      "skill_name",
      "TEXT NOT NULL"
    ],
    [
      "session_id",
      "TEXT NOT NULL DEFAULT ''"
    ],
    [
      "agent_id",
      "TEXT NOT NULL DEFAULT 'unknown'"
    ],
    [
      "duration_ms",
      "INTEGER"
    ],
    [
      "outcome",
      "TEXT NOT NULL"
    ],
    [
      "timestamp",
      "TEXT NOT NULL"
    ],
    [
      "tool_category",
      "TEXT"
    ],
    [
      "error_type",
      "TEXT"
    ],
    [
      "trigger",
      "TEXT"
    ],
    [
      "tool_version",
      "TEXT"
    ],
    [
      "source",
      "TEXT"
    ],
    [
      "os",
      "TEXT"
    ],
    [
      "runtime",
      "TEXT"
    ],
    [
      "request_size_bytes",
      "INTEGER"
    ],
    [
      "response_size_bytes",
      "INTEGER"
    ],
    [
      "test",
      "INTEGER NOT NULL DEFAULT 0"
    ]
  ],
  "table": "CREATE TABLE skill_telemetry (id TEXT PRIMARY KEY, skill_id TEXT NOT NULL, skill_name TEXT NOT NULL, session_id TEXT NOT NULL DEFAULT '', agent_id TEXT NOT NULL DEFAULT 'unknown', duration_ms INTEGER, outcome TEXT NOT NULL, timestamp TEXT NOT NULL, tool_category TEXT, error_type TEXT, trigger TEXT, tool_version TEXT, source TEXT, os TEXT, runtime TEXT, request_size_bytes INTEGER, response_size_bytes INTEGER, test INTEGER NOT NULL DEFAULT 0)",
  "schema": [
    "CREATE INDEX skill_telemetry_by_skill ON skill_telemetry (skill_name, timestamp)",
    "CREATE INDEX skill_telemetry_by_time ON skill_telemetry (timestamp)",
    "CREATE TABLE skill_summary (skill_name TEXT NOT NULL, server TEXT NOT NULL, agent_id TEXT NOT NULL,\n      total_uses INTEGER NOT NULL, known_uses INTEGER NOT NULL, success_count INTEGER NOT NULL, failure_count INTEGER NOT NULL, timed_uses INTEGER NOT NULL, duration_ms INTEGER NOT NULL, first_used TEXT NOT NULL, last_used TEXT NOT NULL,\n      PRIMARY KEY (skill_name, server, agent_id)) WITHOUT ROWID",
    "CREATE TRIGGER skill_telemetry_added AFTER INSERT ON skill_telemetry WHEN NEW.test = 0 BEGIN \n        INSERT INTO skill_summary (skill_name, server, agent_id, total_uses, known_uses, success_count, failure_count, timed_uses, duration_ms, first_used, last_used)\n        VALUES (NEW.skill_name, CASE WHEN NEW.tool_category LIKE 'mcp:%' THEN NEW.tool_category ELSE '' END, NEW.agent_id, 1, NEW.outcome <> 'unknown', NEW.outcome IN ('success'), NEW.outcome IN ('failure', 'error', 'timeout'), NEW.duration_ms IS NOT NULL, coalesce(NEW.duration_ms, 0), NEW.timestamp, NEW.timestamp)\n        ON CONFLICT (skill_name, server, agent_id) DO UPDATE SET total_uses = total_uses + excluded.total_uses, known_uses = known_uses + excluded.known_uses, success_count = success_count + excluded.success_count, failure_count = failure_count + excluded.failure_count, timed_uses = timed_uses + excluded.timed_uses, duration_ms = duration_ms + excluded.duration_ms,\n          first_used = min(first_used, excluded.first_used), last_used = max(last_used, excluded.last_used); END",
    "CREATE TRIGGER skill_telemetry_removed AFTER DELETE ON skill_telemetry WHEN OLD.test = 0 BEGIN \n        UPDATE skill_summary SET total_uses = total_uses - (1), known_uses = known_uses - (OLD.outcome <> 'unknown'), success_count = success_count - (OLD.outcome IN ('success')), failure_count = failure_count - (OLD.outcome IN ('failure', 'error', 'timeout')), timed_uses = timed_uses - (OLD.duration_ms IS NOT NULL), duration_ms = duration_ms - (coalesce(OLD.duration_ms, 0)) WHERE skill_name = OLD.skill_name AND agent_id = OLD.agent_id AND server = CASE WHEN OLD.tool_category LIKE 'mcp:%' THEN OLD.tool_category ELSE '' END;\n        DELETE FROM skill_summary WHERE total_uses = 0 AND skill_name = OLD.skill_name AND agent_id = OLD.agent_id AND server = CASE WHEN OLD.tool_category LIKE 'mcp:%' THEN OLD.tool_category ELSE '' END;\n        UPDATE skill_summary SET first_used = (SELECT timestamp FROM skill_telemetry WHERE skill_name = OLD.skill_name AND agent_id = OLD.agent_id\n          AND test = 0 AND CASE WHEN skill_telemetry.tool_category LIKE 'mcp:%' THEN skill_telemetry.tool_category ELSE '' END = server ORDER BY timestamp LIMIT 1), last_used = (SELECT timestamp FROM skill_telemetry WHERE skill_name = OLD.skill_name AND agent_id = OLD.agent_id\n          AND test = 0 AND CASE WHEN skill_telemetry.tool_category LIKE 'mcp:%' THEN skill_telemetry.tool_category ELSE '' END = server ORDER BY timestamp DESC LIMIT 1)\n        WHERE OLD.timestamp IN (first_used, last_used) AND skill_name = OLD.skill_name AND agent_id = OLD.agent_id AND server = CASE WHEN OLD.tool_category LIKE 'mcp:%' THEN OLD.tool_category ELSE '' END; END",
    "CREATE TRIGGER skill_telemetry_changed_from AFTER UPDATE ON skill_telemetry WHEN OLD.test = 0 BEGIN \n        UPDATE skill_summary SET total_uses = total_uses - (1), known_uses = known_uses - (OLD.outcome <> 'unknown'), success_count = success_count - (OLD.outcome IN ('success')), failure_count = failure_count - (OLD.outcome IN ('failure', 'error', 'timeout')), timed_uses = timed_uses - (OLD.duration_ms IS NOT NULL), duration_ms = duration_ms - (coalesce(OLD.duration_ms, 0)) WHERE skill_name = OLD.skill_name AND agent_id = OLD.agent_id AND server = CASE WHEN OLD.tool_category LIKE 'mcp:%' THEN OLD.tool_category ELSE '' END;\n        DELETE FROM skill_summary WHERE total_uses = 0 AND skill_name = OLD.skill_name AND agent_id = OLD.agent_id AND server = CASE WHEN OLD.tool_category LIKE 'mcp:%' THEN OLD.tool_category ELSE '' END;\n        UPDATE skill_summary SET first_used = (SELECT timestamp FROM skill_telemetry WHERE skill_name = OLD.skill_name AND agent_id = OLD.agent_id\n          AND test = 0 AND CASE WHEN skill_telemetry.tool_category LIKE 'mcp:%' THEN skill_telemetry.tool_category ELSE '' END = server ORDER BY timestamp LIMIT 1), last_used = (SELECT timestamp FROM skill_telemetry WHERE skill_name = OLD.skill_name AND agent_id = OLD.agent_id\n          AND test = 0 AND CASE WHEN skill_telemetry.tool_category LIKE 'mcp:%' THEN skill_telemetry.tool_category ELSE '' END = server ORDER BY timestamp DESC LIMIT 1)\n        WHERE OLD.timestamp IN (first_used, last_used) AND skill_name = OLD.skill_name AND agent_id = OLD.agent_id AND server = CASE WHEN OLD.tool_category LIKE 'mcp:%' THEN OLD.tool_category ELSE '' END; END",
    "CREATE TRIGGER skill_telemetry_changed_to AFTER UPDATE ON skill_telemetry WHEN NEW.test = 0 BEGIN \n        INSERT INTO skill_summary (skill_name, server, agent_id, total_uses, known_uses, success_count, failure_count, timed_uses, duration_ms, first_used, last_used)\n        VALUES (NEW.skill_name, CASE WHEN NEW.tool_category LIKE 'mcp:%' THEN NEW.tool_category ELSE '' END, NEW.agent_id, 1, NEW.outcome <> 'unknown', NEW.outcome IN ('success'), NEW.outcome IN ('failure', 'error', 'timeout'), NEW.duration_ms IS NOT NULL, coalesce(NEW.duration_ms, 0), NEW.timestamp, NEW.timestamp)\n        ON CONFLICT (skill_name, server, agent_id) DO UPDATE SET total_uses = total_uses + excluded.total_uses, known_uses = known_uses + excluded.known_uses, success_count = success_count + excluded.success_count, failure_count = failure_count + excluded.failure_count, timed_uses = timed_uses + excluded.timed_uses, duration_ms = duration_ms + excluded.duration_ms,\n          first_used = min(first_used, excluded.first_used), last_used = max(last_used, excluded.last_used); END"
  ],
  "addAllUp": "INSERT INTO skill_summary (skill_name, server, agent_id, total_uses, known_uses, success_count, failure_count, timed_uses, duration_ms, first_used, last_used)\n  SELECT skill_name, CASE WHEN skill_telemetry.tool_category LIKE 'mcp:%' THEN skill_telemetry.tool_category ELSE '' END AS server, agent_id,\n    sum(1), sum(skill_telemetry.outcome <> 'unknown'), sum(skill_telemetry.outcome IN ('success')), sum(skill_telemetry.outcome IN ('failure', 'error', 'timeout')), sum(skill_telemetry.duration_ms IS NOT NULL), sum(coalesce(skill_telemetry.duration_ms, 0)),\n    min(timestamp), max(timestamp)\n  FROM skill_telemetry WHERE test = 0 GROUP BY skill_name, server, agent_id",
  "add": "INSERT INTO skill_telemetry (id, skill_id, skill_name, session_id, agent_id, duration_ms, outcome, timestamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  "summaries": "SELECT * FROM skill_summary WHERE skill_name = coalesce(:skill, skill_name)",
  "events": "SELECT * FROM skill_telemetry  ORDER BY timestamp DESC, rowid DESC LIMIT :limit",
  "eventsOfOne": "SELECT * FROM skill_telemetry WHERE skill_name = :skill ORDER BY timestamp DESC, rowid DESC LIMIT :limit"
};
