-- Errors as they are listed. ?1: keys as JSON text.
SELECT CAST(event.id AS TEXT) AS id, timestamp, tool_name, tool_category, error_type, error_message, duration_ms
FROM json_each(?1) AS wanted CROSS JOIN skill_usage_events AS event ON event.id = CAST(wanted.value AS INTEGER)
