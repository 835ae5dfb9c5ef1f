-- The latest errors of a window that fit filters. ?1: first key, as text. ?2: filters as JSON. ?3: how many.
SELECT timestamp, tool_name, error_type, error_message, duration_ms
FROM skill_usage_events
WHERE id >= CAST(?1 AS INTEGER)
  AND status IN ('error', 'timeout')
  AND (?2 ->> 'include_test' OR test = 0)
  AND coalesce(tool_name = ?2 ->> 'tool', true)
  AND coalesce(tool_category = ?2 ->> 'category', true)
  AND coalesce(agent_id = ?2 ->> 'agent', true)
  AND coalesce(trigger = ?2 ->> 'trigger', true)
  AND coalesce(coalesce(tool_version, 'unknown') = ?2 ->> 'version', true)
ORDER BY timestamp DESC, id DESC
LIMIT ?3
