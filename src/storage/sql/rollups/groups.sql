-- What the values of a series add up to since an hour, as far as there are sums: a snapshot, the days beside it, the
-- quarters of the day that the hour is in and of those that have no sum yet. ?1: the series, as a JSON path. ?2: the hour.
-- ?3: the first hour of the first whole day.
WITH best AS MATERIALIZED (
  SELECT days, first, last FROM snapshots WHERE last = until AND first >= ?3 ORDER BY last - first DESC LIMIT 1
)
SELECT tallies -> ?1 AS tallies
FROM best CROSS JOIN snapshots ON snapshots.days = best.days AND snapshots.first = best.first
UNION ALL
SELECT tallies -> ?1 FROM sums
WHERE hours = 24 AND first >= ?3 AND first < coalesce((SELECT first FROM best), 1 << 40)
UNION ALL
SELECT tallies -> ?1 FROM sums WHERE hours = 24 AND first >= (SELECT last FROM best)
UNION ALL
SELECT tallies -> ?1 FROM sums WHERE hours = 6 AND first >= ?2 AND first < ?3
UNION ALL
SELECT tallies -> ?1 FROM sums WHERE hours = 6 AND first >= max(?3, (SELECT summed FROM rollup_state))
