-- Store events, once each: an event_id's hash is looked up in the slots of the hour before and after, which costs reads
-- only; what an erasure forbids is not stored. ?1: events as JSON; keyed: it has an event_id. Returns a row for each event stored.
INSERT INTO skill_usage_events (
  id, second, person, user_id_hash, tool_name, tool_category, duration_ms, status, error_type, error_message,
  request_size_bytes, response_size_bytes, metadata, agent_id, source, trigger, tool_version, os, runtime, test
)
SELECT
  new.value ->> 'id', new.value ->> 'second', people.number, people.user_id_hash, new.value ->> 'tool_name',
  new.value ->> 'tool_category', new.value ->> 'duration_ms', new.value ->> 'status', new.value ->> 'error_type',
  new.value ->> 'error_message', new.value ->> 'request_size_bytes', new.value ->> 'response_size_bytes',
  new.value ->> 'metadata', new.value ->> 'agent_id', new.value ->> 'source', new.value ->> 'trigger',
  new.value ->> 'tool_version', new.value ->> 'os', new.value ->> 'runtime', new.value ->> 'test'
FROM json_each(?1) AS new
CROSS JOIN people ON people.user_id_hash = new.value ->> 'user_id_hash'
WHERE NOT EXISTS (
  SELECT 1 FROM erasures WHERE mark = new.value ->> 'mark' AND new.value ->> 'time' < before
)
AND NOT (
  new.value ->> 'keyed'
  AND EXISTS (
    SELECT 1
    FROM (
      VALUES (-12), (-11), (-10), (-9), (-8), (-7), (-6), (-5), (-4), (-3), (-2), (-1),
        (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
    ) AS away
    CROSS JOIN skill_usage_events AS other ON other.id = (new.value ->> 'id') + away.column1 * (1 << 40)
  )
)
ON CONFLICT (id) DO NOTHING
RETURNING 1
