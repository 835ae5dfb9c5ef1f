-- The rollups that new events go into: with all their hours if their day is over, else without those that stay as they
-- are. ?1: [[dimension, day, tool_name], …]. ?2: today's day. ?3: the hours to leave out, as {hour: null, …}.
SELECT
  rollups.dimension, rollups.day, rollups.tool_name, totals, latest_errors,
  CASE WHEN rollups.day >= ?2 AND json_type(hours) = 'object' THEN json_patch(hours, ?3) ELSE hours END AS hours
FROM json_each(?1) AS wanted
CROSS JOIN rollups
  ON rollups.dimension = wanted.value ->> 0
  AND rollups.day = wanted.value ->> 1
  AND rollups.tool_name = wanted.value ->> 2
