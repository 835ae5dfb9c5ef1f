-- The people of sessions since a day, as JSON: of those that began before another, and of the rest. ?1: the first day. ?2: the
-- other.
SELECT
  coalesce(json_group_array(DISTINCT CAST(substr(counter.key, 8) AS INTEGER)) FILTER (WHERE day < ?2), '[]') AS gone,
  coalesce(json_group_array(DISTINCT CAST(substr(counter.key, 8) AS INTEGER)) FILTER (WHERE day >= ?2), '[]') AS there
FROM session_days CROSS JOIN json_each(session_days.total) AS counter
WHERE day >= ?1 AND counter.key GLOB 'person|[0-9]*'
