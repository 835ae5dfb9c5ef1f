-- An older tracker's table of the same name is put aside; 0004_older_events takes in what it holds.
CREATE TABLE IF NOT EXISTS skill_usage_events (
  id INTEGER PRIMARY KEY,
  user_id_hash TEXT,
  tool_name TEXT,
  tool_category TEXT,
  timestamp TEXT,
  duration_ms INTEGER,
  status TEXT,
  error_type TEXT,
  request_size_bytes INTEGER,
  response_size_bytes INTEGER
);
ALTER TABLE skill_usage_events RENAME TO older_events;

-- One row an event. The key is the clock: 5-minute slots since 2020-01-01 in the high bits, 40 bits of the keyed hash of
-- the event's id in the low ones, so that reading by time is reading by key and a duplicate is refused by the key itself.
-- There is no other index: D1 bills each one as another row written.
CREATE TABLE skill_usage_events (
  id INTEGER PRIMARY KEY,
  person INTEGER NOT NULL DEFAULT 0,
  user_id_hash TEXT NOT NULL,
  tool_name TEXT NOT NULL,
  tool_category TEXT NOT NULL DEFAULT 'default',
  second INTEGER NOT NULL DEFAULT 0,
  timestamp TEXT GENERATED ALWAYS AS (datetime(1577836800 + (id >> 40) * 300 + second, 'unixepoch')) VIRTUAL,
  duration_ms INTEGER,
  status TEXT NOT NULL,
  error_type TEXT,
  error_message TEXT,
  request_size_bytes INTEGER,
  response_size_bytes INTEGER,
  metadata TEXT,
  agent_id TEXT NOT NULL DEFAULT 'unknown',
  source TEXT NOT NULL DEFAULT 'api',
  trigger TEXT NOT NULL DEFAULT 'unknown',
  tool_version TEXT,
  os TEXT,
  runtime TEXT,
  test INTEGER NOT NULL DEFAULT 0
);

-- People are counted by small numbers, so that a set of people is a bitmap. This is the only table that ties a number to a
-- hash: erasing someone here leaves nothing in the rollups that names them.
CREATE TABLE people (
  number INTEGER PRIMARY KEY,
  user_id_hash TEXT UNIQUE
);

-- What happened on one day, as JSON tallies: of everything and of each breakdown (tool_name '') and of each tool (dimension
-- 'tool'). Hours are packed inside, because D1 bills rows and not their width.
CREATE TABLE rollups (
  dimension TEXT NOT NULL,
  day INTEGER NOT NULL,
  tool_name TEXT NOT NULL,
  totals TEXT NOT NULL,
  hours TEXT NOT NULL,
  latest_errors TEXT NOT NULL,
  PRIMARY KEY (dimension, day, tool_name)
) WITHOUT ROWID;

-- Events up to rolled_id are in the rollups, except the late ones. claimed_id is how far a rollup under way may go, and
-- revision is what a rollup must find unchanged when it commits.
CREATE TABLE rollup_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,
  rolled_id INTEGER NOT NULL,
  claimed_id INTEGER NOT NULL,
  rolled_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL
);
INSERT INTO rollup_state VALUES (1, 0, -1, -1, 0, 0);

-- Events that arrived below claimed_id, in the order of their arrival, until a rollup takes them in.
CREATE TABLE late_events (
  number INTEGER PRIMARY KEY,
  event_id INTEGER NOT NULL
);

CREATE TRIGGER note_late_event AFTER INSERT ON skill_usage_events
WHEN new.id <= (SELECT claimed_id FROM rollup_state)
BEGIN
  INSERT INTO late_events (event_id) VALUES (new.id);
END;

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO settings VALUES ('schema', '0001_initial');
