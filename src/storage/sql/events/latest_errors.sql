-- The latest errors of a window that fit filters. ?1: first key, as text. ?2: filters as JSON. ?3: how many. ?4: the key to
-- stop before, as text.
SELECT timestamp, tool_name, tool_category, error_type, error_message, duration_ms
FROM events
WHERE id >= CAST(?1 AS INTEGER) AND id < CAST(?4 AS INTEGER) AND failed AND json_patch(dimensions, ?2) = dimensions
ORDER BY timestamp DESC, id DESC
LIMIT ?3
