-- A series hour by hour on some days, and on all that have no sum yet. ?1: the series, as a JSON path. ?2: the first hours
-- of the days, as JSON. ?3: the first hour of all, ?4: the hour to stop before.
WITH state AS MATERIALIZED (SELECT summed FROM rollup_state)
SELECT hours -> ?1 AS hours
FROM state CROSS JOIN json_each(?2) AS day CROSS JOIN rollups
WHERE start >= day.value AND start < day.value + 24 AND day.value < summed
UNION ALL
SELECT hours -> ?1 FROM state CROSS JOIN rollups WHERE start >= max(CAST(?3 AS INTEGER) / 24 * 24, summed) AND start < ?4
