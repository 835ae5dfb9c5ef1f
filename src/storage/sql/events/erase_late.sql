-- No rollup needs to take these in. ?1: keys as JSON text.
DELETE FROM late_events WHERE event_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1))
