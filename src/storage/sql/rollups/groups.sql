-- What the values of a series add up to in a window, as far as there are sums: a snapshot, the days beside it, the quarters of
-- the days that the window begins and ends inside, and of those that have no sum yet. ?1: the series, as a JSON path. ?2: the
-- window's first hour, ?3: the first hour of its first whole day, ?4: of the day that it ends inside, ?5: the hour to stop
-- before.
WITH best AS MATERIALIZED (
  SELECT days, first, last FROM snapshots WHERE last = until AND first >= ?3 AND last <= ?4
  ORDER BY last - first DESC LIMIT 1
)
SELECT tallies -> ?1 AS tallies
FROM best CROSS JOIN snapshots ON snapshots.days = best.days AND snapshots.first = best.first
UNION ALL
SELECT tallies -> ?1 FROM sums WHERE hours = 24 AND first >= ?3 AND first < min(?4, coalesce((SELECT first FROM best), ?4))
UNION ALL
SELECT tallies -> ?1 FROM sums WHERE hours = 24 AND first >= (SELECT last FROM best) AND first < ?4
UNION ALL
SELECT tallies -> ?1 FROM sums WHERE hours = 6 AND first >= max(?3, (SELECT summed FROM rollup_state)) AND first < ?4
UNION ALL
-- Two ranges in one: D1 takes five terms of a compound, no more.
SELECT tallies -> ?1
FROM (SELECT ?2 AS since, min(?3, ?5 - 5) AS stop UNION ALL SELECT max(?3, ?4), ?5 - 5) AS edge
CROSS JOIN sums WHERE hours = 6 AND first >= edge.since AND first < edge.stop
