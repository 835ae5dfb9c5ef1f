-- These hours were made again. ?1: the hours, as JSON. ?2: by whom the rollups were committed.
DELETE FROM stale_hours
WHERE hour IN (SELECT value FROM json_each(?1)) AND (SELECT committed FROM rollup_state) = ?2
