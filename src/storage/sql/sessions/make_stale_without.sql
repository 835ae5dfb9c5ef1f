-- Days that have their sum tell afresh what was used together, without these sessions. ?1: keys as JSON text.
INSERT INTO stale_hours (hour)
SELECT DISTINCT sessions.hour
FROM json_each(?1) AS gone CROSS JOIN sessions ON sessions.id = CAST(gone.value AS INTEGER) CROSS JOIN rollup_state AS state
WHERE sessions.tools IS NOT NULL AND sessions.hour >= state.expiring AND sessions.hour < state.summed
ON CONFLICT DO NOTHING
