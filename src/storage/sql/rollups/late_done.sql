-- The rollups hold these late events. ?1: their numbers, as JSON. ?2: by whom the rollups were committed.
DELETE FROM late_events
WHERE number IN (SELECT value FROM json_each(?1)) AND (SELECT committed FROM rollup_state) = ?2
