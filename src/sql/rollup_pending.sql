-- What a rollup takes in next; late: the number of an event that came late, or 0. ?1: the first key that is still open, as text. ?2: how
-- many at most of either sort.
SELECT late, test, json_array(
  CAST(id AS TEXT), second, person, tool_name, tool_category, status, duration_ms, trigger, agent_id, tool_version, os,
  source, runtime, error_type
) AS fact
FROM (
  SELECT * FROM (
    SELECT 0 AS late, * FROM skill_usage_events
    WHERE id > (SELECT rolled_id FROM rollup_state) AND id < CAST(?1 AS INTEGER)
    ORDER BY id LIMIT ?2
  )
  UNION ALL
  SELECT * FROM (
    SELECT late.number AS late, event.*
    FROM late_events AS late CROSS JOIN skill_usage_events AS event ON event.id = late.event_id
    WHERE late.event_id <= (SELECT rolled_id FROM rollup_state)
    ORDER BY late.number LIMIT ?2
  )
)
