-- What the sessions of a window add up to, and how many people they were of. ?1: its first hour. ?2: the hour it stops
-- before. ?3: its first whole day. ?4: the day that its whole days stop before. ?5: 1: test traffic too. ?6: 1: by tool, 0: all
-- else.
SELECT
  coalesce(json_group_object(key, n) FILTER (WHERE key NOT GLOB 'person|*'), '{}') AS counters,
  count(*) FILTER (WHERE key GLOB 'person|*') AS people
FROM (
  SELECT counter.key, sum(counter.value) AS n
  FROM (
    SELECT total AS counters FROM session_days WHERE day >= ?3 AND day < ?4 AND test <= ?5
    UNION ALL
    SELECT hour.value
    FROM session_days CROSS JOIN json_each(session_days.hours) AS hour
    WHERE day IN (CAST(?1 / 24 AS INTEGER), CAST(?2 / 24 AS INTEGER)) AND NOT (day >= ?3 AND day < ?4)
      AND test <= ?5 AND CAST(hour.key AS INTEGER) >= ?1 AND CAST(hour.key AS INTEGER) < ?2
  ) AS parts
  CROSS JOIN json_each(parts.counters) AS counter
  WHERE (counter.key GLOB 'tool|*') = ?6
  GROUP BY counter.key
)
