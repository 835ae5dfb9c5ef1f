-- The rollups that new events go into. ?1: [[dimension, day, tool_name], …].
SELECT rollups.dimension, rollups.day, rollups.tool_name, totals, hours, latest_errors
FROM json_each(?1) AS wanted
CROSS JOIN rollups
  ON rollups.dimension = wanted.value ->> 0
  AND rollups.day = wanted.value ->> 1
  AND rollups.tool_name = wanted.value ->> 2
