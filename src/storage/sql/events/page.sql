-- A page of stored events in key order. ?1: the key to start behind, as text. ?2: filters as JSON. ?3: how many keys. ?4: the
-- key to stop before, as text.
SELECT
  CAST(id AS TEXT) AS id, timestamp, user_id_hash, tool_name, tool_category, status, duration_ms, error_type, error_message,
  request_size_bytes, response_size_bytes, metadata, agent_id, source, trigger, tool_version, os, runtime, test
FROM (SELECT * FROM events WHERE id > CAST(?1 AS INTEGER) AND id < CAST(?4 AS INTEGER) ORDER BY id LIMIT ?3)
WHERE json_patch(dimensions, ?2) = dimensions
