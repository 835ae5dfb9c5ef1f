-- The events that are not in the rollups yet.
SELECT test, json_array(
  CAST(id AS TEXT), second, person, tool_name, tool_category, status, duration_ms, trigger, agent_id, tool_version, os,
  source, runtime, error_type
) AS fact
FROM (
  SELECT * FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state)
  UNION ALL
  SELECT event.* FROM late_events AS late CROSS JOIN skill_usage_events AS event ON event.id = late.event_id
  WHERE late.event_id <= (SELECT rolled_id FROM rollup_state)
)
