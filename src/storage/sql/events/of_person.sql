-- The keys of a person's events as JSON text: those in spans of keys, and those that no rollup holds. ?1: number. ?2: [[first
-- key, key to stop before], …] as JSON text. ?3: how many.
SELECT json_group_array(CAST(id AS TEXT)) AS keys FROM (
  SELECT event.id
  FROM json_each(?2) AS span
  CROSS JOIN skill_usage_events AS event
    ON event.id >= CAST(span.value ->> 0 AS INTEGER) AND event.id < CAST(span.value ->> 1 AS INTEGER)
  WHERE event.person = ?1 AND event.id <= (SELECT rolled_id FROM rollup_state)
  UNION
  SELECT id FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state) AND person = ?1
  UNION
  SELECT event.id FROM late_events AS late CROSS JOIN skill_usage_events AS event ON event.id = late.event_id
  WHERE event.person = ?1
  LIMIT ?3
)
