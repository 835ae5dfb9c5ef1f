-- Put rollups in place, unless another rollup came first. Hours are an object, of which those that do not change may be
-- left out; or packed in a text, all of them. A row too wide gives up its hours for good (null) and keeps its totals: a
-- window that begins inside that day loses it.
-- ?1: [[dimension, day, tool_name, totals, hours, latest_errors], …]. ?2: the hours that change, as {hour: null, …}.
-- ?3: the most characters of a row. ?4: the revision that all this was made from.
INSERT INTO rollups (dimension, day, tool_name, totals, hours, latest_errors)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
FROM json_each(?1)
WHERE (SELECT revision FROM rollup_state) = ?4
ON CONFLICT (dimension, day, tool_name) DO UPDATE
SET
  totals = excluded.totals,
  hours = CASE
    WHEN rollups.hours = 'null' THEN 'null'
    WHEN json_type(excluded.hours) = 'text' AND length(excluded.totals) + length(excluded.hours) <= ?3
      THEN excluded.hours
    WHEN json_type(excluded.hours) = 'object'
      AND length(excluded.totals) + length(rollups.hours) + length(excluded.hours) <= ?3
      THEN json_patch(json_patch(rollups.hours, ?2), excluded.hours)
    ELSE 'null'
  END,
  latest_errors = excluded.latest_errors
