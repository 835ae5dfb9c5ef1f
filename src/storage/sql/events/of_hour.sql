-- The events of an hour that its rollup holds, as JSON [[test, fact], …]. ?1: first key, ?2: the key to stop before, as text.
SELECT json_group_array(json_array(test, json(fact))) AS events
FROM events
WHERE id >= CAST(?1 AS INTEGER) AND id < CAST(?2 AS INTEGER) AND id <= (SELECT rolled_id FROM rollup_state)
  AND id NOT IN (SELECT event_id FROM late_events)
