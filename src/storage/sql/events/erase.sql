-- Delete events for good, unless a rollup came first. ?1: keys as JSON text. ?2: the revision that this was made from.
DELETE FROM skill_usage_events
WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1)) AND (SELECT revision FROM rollup_state) = ?2
RETURNING 1
