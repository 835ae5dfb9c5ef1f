-- The events that are not in the rollups yet, as JSON, without test traffic.
SELECT json_group_array(json(fact)) AS facts FROM (
  SELECT fact FROM events WHERE id > (SELECT rolled_id FROM rollup_state) AND NOT test
  UNION ALL
  SELECT fact FROM late_events AS late CROSS JOIN events AS event ON event.id = late.event_id WHERE NOT test
)
