-- If sessions, or days on which plugins were loaded, are past their time, their people are to be looked at. ?1: the hour before
-- which they are.
UPDATE rollup_state SET expiring = ?1
WHERE expiring < ?1
  AND (
    EXISTS (SELECT 1 FROM sessions WHERE id < (CAST(?1 AS INTEGER) / 24 + 1) << 40 AND hour < ?1)
    OR EXISTS (SELECT 1 FROM plugin_days WHERE day >= forgotten / 24 AND day < CAST(?1 AS INTEGER) / 24)
  )
