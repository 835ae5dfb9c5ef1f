-- The keys of sessions as JSON text, by the hashes of their ids. ?1: hashes as JSON.
SELECT json_group_array(CAST(sessions.id AS TEXT)) AS keys
FROM json_each(?1) AS hash
CROSS JOIN (SELECT DISTINCT day FROM session_days) AS there
CROSS JOIN sessions ON sessions.id = (there.day << 40) | hash.value
