-- Store events, once each: an event_id's hash is looked up in the slots of the hour before and after, which costs reads
-- only; what an erasure forbids is not stored. ?1: events as JSON arrays: the columns that follow in their order, but for
-- the person's number and the session's; then whether it has an event_id, its mark, its time and its session's number. Returns a row for each event stored.
INSERT INTO skill_usage_events (
  id, second, user_id_hash, tool_name, tool_category, status, duration_ms, error_type, error_message,
  request_size_bytes, response_size_bytes, metadata, agent_id, source, trigger, tool_version, os, runtime, test, person,
  session
)
SELECT
  new.id, new.value ->> 1, people.user_id_hash, new.value ->> 3, new.value ->> 4, new.value ->> 5, new.value ->> 6,
  new.value ->> 7, new.value ->> 8, new.value ->> 9, new.value ->> 10, new.value ->> 11, new.value ->> 12,
  new.value ->> 13, new.value ->> 14, new.value ->> 15, new.value ->> 16, new.value ->> 17, new.value ->> 18,
  people.number, new.value ->> 22
-- LIMIT keeps SQLite from working out the id afresh for each slot.
FROM (SELECT value, value ->> 0 AS id FROM json_each(?1) LIMIT -1) AS new
CROSS JOIN people ON people.user_id_hash = new.value ->> 2
WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE mark = new.value ->> 20 AND new.value ->> 21 < before)
AND NOT (
  new.value ->> 19
  AND EXISTS (
    SELECT 1
    FROM (
      VALUES (-12), (-11), (-10), (-9), (-8), (-7), (-6), (-5), (-4), (-3), (-2), (-1),
        (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
    ) AS away
    CROSS JOIN skill_usage_events AS other ON other.id = new.id + away.column1 * (1 << 40)
  )
)
ON CONFLICT (id) DO NOTHING
RETURNING 1
