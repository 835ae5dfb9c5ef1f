-- Throw away the snapshots that hold any of these hours. ?1: the hours, as JSON. ?2: by whom the rollups were committed.
DELETE FROM snapshots
WHERE EXISTS (SELECT 1 FROM json_each(?1) WHERE value >= first AND value < last)
  AND (SELECT committed FROM rollup_state) = ?2
