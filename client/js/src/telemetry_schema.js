/** The local store's database. Made by `make clients`: change track_skills/local/database.py instead. */
export const TELEMETRY = {
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
