-- The hours of a series that groups.sql has in no sum: those of the quarters that the window begins and ends inside, and the
-- latest; in a row there may be others, and a row may come twice. ?1: the series, as a JSON path. ?2: the window's first hour,
-- ?3: the hour to stop before. folded: from which hour on there are no sums.
WITH state AS MATERIALIZED (
  SELECT folded, CAST(?2 AS INTEGER) AS first, CAST(?3 AS INTEGER) AS stop FROM rollup_state
)
SELECT hours -> ?1 AS hours, folded
FROM state CROSS JOIN rollups
WHERE start >= first / 24 * 24 AND start < min((first + 5) / 6 * 6, folded / 24 * 24, stop) AND last >= first
UNION ALL
SELECT hours -> ?1, folded
FROM state CROSS JOIN rollups
WHERE stop % 6 AND start >= stop / 24 * 24 AND start < min(stop, folded / 24 * 24) AND last >= stop / 6 * 6
UNION ALL
SELECT hours -> ?1, folded
FROM state CROSS JOIN rollups
WHERE start >= max(first, folded) / 24 * 24 AND start < stop
  AND last >= min(iif(first / 24 < folded / 24, folded, first), stop / 6 * 6)
