-- A page of stored events in key order. ?1: the key to start behind, as text. ?2: filters as JSON. ?3: how many keys.
SELECT
  CAST(id AS TEXT) AS id, timestamp, user_id_hash, tool_name, tool_category, status, duration_ms, error_type, error_message,
  request_size_bytes, response_size_bytes, metadata, agent_id, source, trigger, tool_version, os, runtime, test
FROM (SELECT * FROM skill_usage_events WHERE id > CAST(?1 AS INTEGER) ORDER BY id LIMIT ?3)
WHERE (?2 ->> 'include_test' OR test = 0)
  AND coalesce(tool_name = ?2 ->> 'tool', true)
  AND coalesce(tool_category = ?2 ->> 'category', true)
  AND coalesce(agent_id = ?2 ->> 'agent', true)
  AND coalesce(trigger = ?2 ->> 'trigger', true)
  AND coalesce(coalesce(tool_version, 'unknown') = ?2 ->> 'version', true)
