-- What a rollup takes in next, as JSON [[late, test, fact], …]; late: the number of an event that came late, or 0. ?1: the
-- first key that is still open, as text. ?2: how many at most of either sort. ?3: now, in epoch seconds: nothing is read
-- before it is time to look.
SELECT json_group_array(json_array(late, test, json(fact))) AS events FROM (
  SELECT * FROM (
    SELECT 0 AS late, test, fact FROM events
    WHERE id > (SELECT rolled_id FROM rollup_state) AND id < CAST(?1 AS INTEGER)
    ORDER BY id LIMIT (SELECT iif(due_at <= ?3, ?2, 0) FROM rollup_state)
  )
  UNION ALL
  SELECT * FROM (
    SELECT late.number AS late, test, fact
    FROM late_events AS late CROSS JOIN events AS event ON event.id = late.event_id
    ORDER BY late.event_id LIMIT (SELECT iif(due_at <= ?3, ?2, 0) FROM rollup_state)
  )
)
