-- Rollups of a new shape: an hour is counted once, and sums of hours, of days and of a window's days stand beside it, so
-- that a report reads a few rows and adds little up. Everything is counted afresh from the events.
DROP TRIGGER note_late_event;
DROP TABLE rollups;
DROP TABLE rollup_state;
DELETE FROM late_events;

-- Hours of one day, from `start` (hours since 1970) to where the next row of that day begins: a busy day has several rows.
-- As JSON {series: {hour: {value: tally}}}. last: the last hour that it holds.
CREATE TABLE rollups (
  start INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  hours TEXT NOT NULL
);

-- What hours add up to: 6 (a quarter of a day) or 24 (a day) of them, from `first` on. As JSON {series: {value: tally}}.
CREATE TABLE sums (
  hours INTEGER NOT NULL,
  first INTEGER NOT NULL,
  tallies TEXT NOT NULL,
  PRIMARY KEY (hours, first)
) WITHOUT ROWID;

-- Snapshots: what the days of a window add up to, from the hour `first` to before `last`; to be used when last has come to
-- `until`. days: the window that it is made for. Nothing else holds less without them, so they may go at any time.
CREATE TABLE snapshots (
  days INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  until INTEGER NOT NULL,
  tallies TEXT NOT NULL,
  PRIMARY KEY (days, first)
) WITHOUT ROWID;

-- Events up to rolled_id are in the rollups, except the late ones. Quarters before the hour `folded` have their sum, days
-- before the hour `summed`; events before the hour `expiring` may be gone, and whoever was last there before the hour
-- `forgotten` has no hash. unfolded: events taken in since the last fold. revision is what whoever changes any of this must
-- find as it was; committed: who was the last to do so.
CREATE TABLE rollup_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL DEFAULT 0,
  committed TEXT NOT NULL DEFAULT '',
  rolled_id INTEGER NOT NULL DEFAULT -1,
  rolled_at INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL DEFAULT 0,
  unfolded INTEGER NOT NULL DEFAULT 0,
  folded INTEGER NOT NULL DEFAULT 0,
  summed INTEGER NOT NULL DEFAULT 0,
  expiring INTEGER NOT NULL DEFAULT 0,
  forgotten INTEGER NOT NULL DEFAULT 0
);
INSERT INTO rollup_state (id) VALUES (1);

CREATE TRIGGER note_late_event AFTER INSERT ON skill_usage_events
WHEN new.id <= (SELECT rolled_id FROM rollup_state)
BEGIN
  INSERT INTO late_events (event_id) VALUES (new.id);
END;

-- Hours that events were erased from: their rollups are to be made again from the events that are left.
CREATE TABLE stale_hours (hour INTEGER PRIMARY KEY);

-- Who was erased, by a mark that is not the hash they were stored under: an event of theirs that happened before a moment
-- (epoch seconds) is not taken in until another. person: whose events are still to be erased; 0: nobody's.
CREATE TABLE erasures (
  mark TEXT NOT NULL,
  person INTEGER NOT NULL,
  before INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (mark, person)
) WITHOUT ROWID;

-- A fact has its fields in the order of counting.fact.Fact now, so that it need not be taken apart; a tool is its category
-- and its name; and the bucket of a duration is that of counting/histogram.py.
DROP VIEW events;
CREATE VIEW events AS
SELECT
  *,
  1577836800 + (id >> 40) * 300 + second AS time,
  status IN ('error', 'timeout') AS failed,
  tool_category || '|' || tool_name AS tool_key,
  CASE WHEN duration_ms < 35 THEN duration_ms WHEN duration_ms >= 35 THEN CAST(24 * log2(duration_ms) AS INTEGER) - 88 END
    AS bucket,
  -- A filter agrees with these if patching them with it changes nothing.
  json_object(
    'tool', tool_name, 'category', tool_category, 'agent', agent_id, 'version', coalesce(tool_version, 'unknown'),
    'trigger', trigger, 'os', coalesce(os, 'unknown'), 'source', source, 'runtime', coalesce(runtime, 'unknown'),
    'test', test
  ) AS dimensions,
  json_array(
    CAST(id AS TEXT), 1577836800 + (id >> 40) * 300 + second, person, tool_name, tool_category, status, duration_ms, trigger,
    agent_id, tool_version, os, source, runtime, error_type
  ) AS fact
FROM skill_usage_events;

UPDATE settings SET value = '0003_sums' WHERE name = 'schema';
