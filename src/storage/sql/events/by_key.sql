-- Errors as they are listed, by key, as JSON: one value reaches Python sooner than seven of each. ?1: keys as JSON text.
SELECT
  json_group_object(
    CAST(event.id AS TEXT),
    json_object(
      'timestamp', timestamp, 'tool_name', tool_name, 'tool_category', tool_category, 'error_type', error_type,
      'error_message', error_message, 'duration_ms', duration_ms
    )
  ) AS listed
FROM json_each(?1) AS wanted CROSS JOIN skill_usage_events AS event ON event.id = CAST(wanted.value AS INTEGER)
