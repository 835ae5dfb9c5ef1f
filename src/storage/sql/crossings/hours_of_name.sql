-- The tools of one name by the hour with what they are crossed with, and the rarest, on some days and on all that have no sum
-- that holds it: a row read for each tool and hour. ?1: the name. ?2: the rarest, by name. ?3: the first hours of the days, as JSON. ?4: the
-- first hour of all, ?5: the hour to stop before. hours: {hour: {tool: [tally, crossing]}}.
WITH state AS MATERIALIZED (SELECT crossed FROM rollup_state)
SELECT (
  SELECT json_group_object(hour.key, (
    SELECT json_group_object(
      tool.key, json_array(json(tool.value), json(hours -> ('$.cross."' || hour.key || '"') -> ('$."' || tool.key || '"')))
    )
    FROM json_each(hour.value) AS tool
    WHERE substr(tool.key, instr(tool.key, '|') + 1) = ?1 OR tool.key = ?2
  ))
  FROM json_each(rollups.hours -> '$.tool') AS hour
) AS hours
FROM (
  SELECT hours
  FROM state CROSS JOIN json_each(?3) AS day CROSS JOIN rollups
  WHERE start >= day.value AND start < day.value + 24 AND day.value < crossed
  UNION ALL
  SELECT hours FROM state CROSS JOIN rollups WHERE start >= max(CAST(?4 AS INTEGER) / 24 * 24, crossed) AND start < ?5
) AS rollups
