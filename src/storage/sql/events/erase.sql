-- Delete events for good. ?1: keys as JSON text.
DELETE FROM skill_usage_events WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1))
RETURNING 1
