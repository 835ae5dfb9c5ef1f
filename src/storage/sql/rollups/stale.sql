-- The hours whose rollups are to be made again. ?1: how many.
SELECT hour FROM stale_hours ORDER BY hour LIMIT ?1
