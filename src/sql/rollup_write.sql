-- Put rollups in place, unless another rollup came first. ?1: [[dimension, day, tool_name, totals, hours, latest_errors],
-- …]. ?2: the revision that they were made from.
INSERT INTO rollups (dimension, day, tool_name, totals, hours, latest_errors)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
FROM json_each(?1)
WHERE (SELECT revision FROM rollup_state) = ?2
ON CONFLICT (dimension, day, tool_name) DO UPDATE
SET totals = excluded.totals, hours = excluded.hours, latest_errors = excluded.latest_errors
