-- Delete the oldest events before a key that the rollups hold, a bounded number of them. ?1: the key, as text. ?2: how many.
DELETE FROM skill_usage_events
WHERE id IN (
  SELECT id FROM skill_usage_events
  WHERE id < CAST(?1 AS INTEGER) AND id <= (SELECT rolled_id FROM rollup_state)
    AND id NOT IN (SELECT event_id FROM late_events)
  ORDER BY id LIMIT ?2
)
RETURNING 1
