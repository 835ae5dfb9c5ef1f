/**
 * Track Skills: a store of skills' uses for a program's own records, in a SQLite database on this machine. It has the interface of the
 * field's oldest collector, and the database of the command `track-skills`. It needs node:sqlite: Node 22.13 or later.
 */

import { builtin, environmentNow } from "./environment.js";
import { isSwitchedOff } from "./switches.js";
import { homeOf } from "./spool.js";
import { uuid } from "./random.js";
import { TELEMETRY } from "./telemetry_schema.js";

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
