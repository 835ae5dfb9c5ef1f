-- The newest errors that the rollups know, day by day, the latest day first. ?1: dimension. ?2: tool_name, '' = every one.
-- ?3: the first day.
SELECT latest_errors FROM rollups WHERE dimension = ?1 AND day >= ?3 AND (?2 = '' OR tool_name = ?2) ORDER BY day DESC
