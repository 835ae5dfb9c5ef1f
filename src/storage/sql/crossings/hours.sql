-- A tool by the hour with what it is crossed with, and the rarest tools, on some days and on all whose sum does not hold it: a row read
-- for each hour. ?1: the tool, ?2: the rarest, as JSON paths. ?3, ?4: both by name. ?5: the first hours of the days, as JSON. ?6:
-- the first hour of all, ?7: the hour to stop before. hours: {hour: {tool: [tally, crossing]}}.
WITH state AS MATERIALIZED (SELECT crossed FROM rollup_state)
SELECT (
  SELECT json_group_object(hour.key, json_patch('{}', json_object(
    ?3, json(iif(
      hour.value -> ?1 IS NULL, 'null', json_array(json(hour.value -> ?1), json(hours -> ('$.cross."' || hour.key || '"') -> ?1))
    )),
    ?4, json(iif(hour.value -> ?2 IS NULL, 'null', json_array(json(hour.value -> ?2), NULL)))
  )))
  FROM json_each(rollups.hours -> '$.tool') AS hour
) AS hours
FROM (
  SELECT hours
  FROM state CROSS JOIN json_each(?5) AS day CROSS JOIN rollups
  WHERE start >= day.value AND start < day.value + 24 AND day.value < crossed
  UNION ALL
  SELECT hours FROM state CROSS JOIN rollups WHERE start >= max(CAST(?6 AS INTEGER) / 24 * 24, crossed) AND start < ?7
) AS rollups
