-- The rollups that new events go into, without the hours that stay as they are.
-- ?1: [[dimension, day, tool_name], …]. ?2: the hours to leave out, as {hour: null, …}.
SELECT
  rollups.dimension, rollups.day, rollups.tool_name, totals, json_patch(hours, ?2) AS hours, latest_errors
FROM json_each(?1) AS wanted
CROSS JOIN rollups
  ON rollups.dimension = wanted.value ->> 0
  AND rollups.day = wanted.value ->> 1
  AND rollups.tool_name = wanted.value ->> 2
