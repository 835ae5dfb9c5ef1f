-- As days_by_hour.sql, but of one value and of what the rarest are counted under: a row read for each hour. ?1: the series, ?2:
-- the value, ?3: the rarest, as JSON paths. ?4, ?5: both by name. ?6: the first hours of the days, as JSON. ?7: the first
-- hour of all, ?8: the hour to stop before.
WITH state AS MATERIALIZED (SELECT summed FROM rollup_state)
SELECT (
  SELECT json_group_object(hour.key, json_object(?4, json(hour.value -> ?2), ?5, json(hour.value -> ?3)))
  FROM json_each(rollups.hours -> ?1) AS hour
) AS hours
FROM (
  SELECT hours
  FROM state CROSS JOIN json_each(?6) AS day CROSS JOIN rollups
  WHERE start >= day.value AND start < day.value + 24 AND day.value < summed
  UNION ALL
  SELECT hours FROM state CROSS JOIN rollups WHERE start >= max(CAST(?7 AS INTEGER) / 24 * 24, summed) AND start < ?8
) AS rollups
