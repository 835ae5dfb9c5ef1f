-- A person's events in spans of keys, with what the rollups hold of them. ?1: number. ?2: [[first key, key to stop before],
-- …] as JSON text. ?3: how many.
SELECT
  event.id <= (SELECT rolled_id FROM rollup_state) AND NOT EXISTS (SELECT 1 FROM late_events WHERE event_id = event.id) AS rolled,
  test, fact
FROM json_each(?2) AS span
CROSS JOIN events AS event
  ON event.id >= CAST(span.value ->> 0 AS INTEGER) AND event.id < CAST(span.value ->> 1 AS INTEGER)
WHERE person = ?1
LIMIT ?3
