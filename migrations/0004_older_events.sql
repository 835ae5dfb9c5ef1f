-- What an older tracker's table holds becomes events of ours, once each. Its people get random hashes: plain hashes of
-- addresses or names can be found by trying them all. Its messages and metadata were not scrubbed and are left behind.
CREATE TABLE IF NOT EXISTS older_events (
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

CREATE TABLE older_people AS
SELECT older, lower(hex(randomblob(16))) AS user_id_hash FROM (SELECT DISTINCT user_id_hash AS older FROM older_events);

INSERT INTO people (user_id_hash) SELECT user_id_hash FROM older_people;

-- The key is the event's slot of 5 minutes, as ever, and the number of its row in place of the hash of an id.
INSERT OR IGNORE INTO skill_usage_events (
  id, second, person, user_id_hash, tool_name, tool_category, duration_ms, status, error_type, request_size_bytes,
  response_size_bytes
)
SELECT
  (time / 300 << 40) | (older.rowid & 0xFFFFFFFFFF), time % 300, people.number, people.user_id_hash, tool_name,
  coalesce(nullif(tool_category, ''), 'default'),
  CASE WHEN duration_ms BETWEEN 0 AND 86400000 THEN CAST(duration_ms AS INTEGER) END,
  CASE
    WHEN status IN ('success', 'error', 'timeout', 'partial', 'skipped', 'denied') THEN status
    WHEN status = 'ok' THEN 'success'
    WHEN status IN ('failure', 'failed') THEN 'error'
    WHEN status = 'cancelled' THEN 'skipped'
    ELSE 'unknown'
  END,
  CASE WHEN length(error_type) BETWEEN 1 AND 64 AND error_type NOT GLOB '*[^A-Za-z0-9 _.:/@+-]*' THEN error_type END,
  CASE WHEN request_size_bytes >= 0 THEN CAST(request_size_bytes AS INTEGER) END,
  CASE WHEN response_size_bytes >= 0 THEN CAST(response_size_bytes AS INTEGER) END
FROM (SELECT rowid, *, CAST(strftime('%s', timestamp) AS INTEGER) - 1577836800 AS time FROM older_events) AS older
CROSS JOIN older_people ON older_people.older IS older.user_id_hash
CROSS JOIN people ON people.user_id_hash = older_people.user_id_hash
WHERE time >= 0
  AND length(tool_name) BETWEEN 1 AND 128 AND tool_name NOT GLOB '*[^A-Za-z0-9 _.:/@+-]*'
  AND length(coalesce(tool_category, '')) <= 64 AND coalesce(tool_category, '') NOT GLOB '*[^A-Za-z0-9 _.:/@+-]*';

DROP TABLE older_events;
DROP TABLE older_people;

UPDATE settings SET value = '0004_older_events' WHERE name = 'schema';
