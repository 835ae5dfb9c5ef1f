-- What the sessions of a window add up to, in parts: its whole days, and hours. Not by counter: each would be a row read.
-- ?1: its first hour. ?2: the hour it stops before. ?3: its first whole day. ?4: the day that its whole days stop before. ?5: 1:
-- test traffic too.
SELECT day, total AS counters FROM session_days WHERE day >= ?3 AND day < ?4 AND test <= ?5
UNION ALL
SELECT day, hour.value
FROM session_days CROSS JOIN json_each(session_days.hours) AS hour
WHERE day IN (CAST(?1 / 24 AS INTEGER), CAST(?2 / 24 AS INTEGER)) AND NOT (day >= ?3 AND day < ?4)
  AND test <= ?5 AND CAST(hour.key AS INTEGER) >= ?1 AND CAST(hour.key AS INTEGER) < ?2
