-- Put rollups in place, unless another rollup came first; hours that are not among the changed ones stay as they are.
-- ?1: [[dimension, day, tool_name, totals, hours, latest_errors], …]. ?2: the hours that change, as {hour: null, …}.
-- ?3: the most characters of a row. A wider one gives up its hours for good ('null'), and keeps its totals: a window
-- that begins inside that day loses it. ?4: the revision that all this was made from.
INSERT INTO rollups (dimension, day, tool_name, totals, hours, latest_errors)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
FROM json_each(?1)
WHERE (SELECT revision FROM rollup_state) = ?4
ON CONFLICT (dimension, day, tool_name) DO UPDATE
SET
  totals = excluded.totals,
  hours = CASE
    WHEN rollups.hours <> 'null' AND length(excluded.totals) + length(rollups.hours) + length(excluded.hours) <= ?3
      THEN json_patch(json_patch(rollups.hours, ?2), excluded.hours)
    ELSE 'null'
  END,
  latest_errors = excluded.latest_errors
