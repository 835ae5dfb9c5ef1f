-- No rollup needs to take these in. ?1: keys as JSON text. ?2: the revision that this was made from.
DELETE FROM late_events
WHERE event_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1)) AND (SELECT revision FROM rollup_state) = ?2
