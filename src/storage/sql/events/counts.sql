-- Counts and people straight from the events of a window, for questions that no rollup answers: a row read per event, and
-- one more to sort it. ?1: what to slice by: a dimension, error, or time. ?2: first key, as text. ?3: the first hours of the
-- days to slice by the hour, as JSON. ?4: filters as JSON. ?5: the key to stop before, as text.
SELECT
  slice, status, trigger, bucket, count(*) AS events, sum(duration_ms) AS duration_ms, min(duration_ms) AS least,
  max(duration_ms) AS greatest, min(time) AS first, max(time) AS last, json_group_array(DISTINCT person) AS people
FROM (
  SELECT
    CASE ?1
      WHEN 'error' THEN hour || ' ' || tool_key || '|' || coalesce(error_type, '')
      WHEN 'tool' THEN tool_key
      WHEN 'time' THEN hour
      ELSE dimensions ->> ?1
    END AS slice,
    status, trigger, bucket, duration_ms, time, person
  FROM (
    SELECT
      *, CASE WHEN time / 86400 * 24 IN (SELECT value FROM json_each(?3)) THEN time / 3600 ELSE time / 86400 * 24 END AS hour
    FROM events
    WHERE id >= CAST(?2 AS INTEGER) AND id < CAST(?5 AS INTEGER)
      AND json_patch(dimensions, ?4) = dimensions AND (?1 <> 'error' OR failed)
  )
)
GROUP BY slice, status, trigger, bucket
