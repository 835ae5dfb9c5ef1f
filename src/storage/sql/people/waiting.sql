-- The people whose events wait to be rolled up, as JSON.
SELECT json_group_array(DISTINCT person) AS numbers FROM (
  SELECT person FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state)
  UNION ALL
  SELECT person FROM late_events AS late CROSS JOIN skill_usage_events AS event ON event.id = late.event_id
)
