-- Counts and people straight from the events of a window, for questions that no rollup answers: a row read per event, and
-- one more to sort it. ?1: what to slice by: a dimension, error, or time. ?2: first key, as text. ?3: days to slice by the
-- hour, as ?4 of rollups/series.sql. ?4: filters as JSON.
SELECT
  slice, status, trigger, tool_category, bucket, count(*) AS events, sum(duration_ms) AS duration_ms, min(time) AS first,
  max(time) AS last, json_group_array(DISTINCT person) AS people
FROM (
  SELECT
    CASE ?1
      WHEN 'error' THEN json_array(tool_name, error_type)
      WHEN 'time' THEN
        CASE WHEN ?3 = 'all' OR instr(?3, ',' || (time / 86400) || ',') THEN time / 3600 * 3600 ELSE time / 86400 * 86400 END
      ELSE dimensions ->> ?1
    END AS slice,
    status, trigger, tool_category, duration_ms, time, person,
    CAST(CASE WHEN duration_ms > 0 THEN CAST(5 * log2(duration_ms) AS INTEGER) + 1 ELSE duration_ms END AS TEXT) AS bucket
  FROM events
  WHERE id >= CAST(?2 AS INTEGER) AND json_patch(dimensions, ?4) = dimensions AND (?1 <> 'error' OR failed)
)
GROUP BY slice, status, trigger, tool_category, bucket
