-- What a rollup takes in next; late: the number of an event that came late, or 0. ?1: the first key that is still open, as
-- text. ?2: how many at most of either sort.
SELECT late, test, fact FROM (
  SELECT 0 AS late, test, fact FROM events
  WHERE id > (SELECT rolled_id FROM rollup_state) AND id < CAST(?1 AS INTEGER)
  ORDER BY id LIMIT ?2
)
UNION ALL
SELECT late, test, fact FROM (
  SELECT late.number AS late, test, fact
  FROM late_events AS late CROSS JOIN events AS event ON event.id = late.event_id
  WHERE late.event_id <= (SELECT rolled_id FROM rollup_state)
  ORDER BY late.number LIMIT ?2
)
