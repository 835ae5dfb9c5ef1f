-- Delete sessions for good. ?1: keys as JSON text.
DELETE FROM sessions WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1))
RETURNING 1
