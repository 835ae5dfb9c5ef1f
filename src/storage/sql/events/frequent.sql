-- Counts and people of those values of a dimension that have a share of a span's events, of the events that the rollups
-- hold. ?1: the dimension. ?2: first key, ?3: the key to stop before, as text. ?4: the share, as one in so many.
WITH counted AS MATERIALIZED (
  SELECT
    CASE ?1 WHEN 'tool' THEN tool_key ELSE dimensions ->> ?1 END AS slice,
    status, trigger, bucket, duration_ms, time, person
  FROM events
  WHERE id >= CAST(?2 AS INTEGER) AND id < CAST(?3 AS INTEGER) AND id <= (SELECT rolled_id FROM rollup_state)
    AND id NOT IN (SELECT event_id FROM late_events) AND NOT test
)
SELECT
  slice, status, trigger, bucket, count(*) AS events, sum(duration_ms) AS duration_ms, min(duration_ms) AS least,
  max(duration_ms) AS greatest, min(time) AS first, max(time) AS last, json_group_array(DISTINCT person) AS people
FROM counted
WHERE slice IN (SELECT slice FROM counted GROUP BY slice HAVING count(*) * ?4 >= (SELECT count(*) FROM counted))
GROUP BY slice, status, trigger, bucket
