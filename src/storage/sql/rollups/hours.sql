-- The hours of a series that groups.sql has in no sum: those of the quarters that the window begins and ends inside, and the
-- latest; in a row there may be others, and a row may come twice. ?1: the series, as a JSON path. ?2: the window's first hour,
-- ?3: the hour to stop before. folded: from which hour on there are no sums.
WITH state AS MATERIALIZED (
  SELECT folded, CAST(?2 AS INTEGER) AS first, CAST(?3 AS INTEGER) AS stop FROM rollup_state
)
-- Of a quarter that is not whole there are five hours at most: its row, which may be a day's, is not handed on.
SELECT
  json_object(
    hour || '', hours -> (?1 || '.' || hour), (hour + 1) || '', hours -> (?1 || '.' || (hour + 1)),
    (hour + 2) || '', hours -> (?1 || '.' || (hour + 2)), (hour + 3) || '', hours -> (?1 || '.' || (hour + 3)),
    (hour + 4) || '', hours -> (?1 || '.' || (hour + 4))
  ) AS hours,
  folded
FROM (
  SELECT first AS hour, min((first + 5) / 6 * 6, folded / 24 * 24, stop) AS until, folded FROM state
  UNION ALL
  SELECT stop / 6 * 6, min(stop, folded / 24 * 24), folded FROM state WHERE stop % 6
) CROSS JOIN rollups
WHERE start >= hour / 24 * 24 AND start < until AND last >= hour
UNION ALL
SELECT hours -> ?1, folded
FROM state CROSS JOIN rollups
WHERE start >= max(first, folded) / 24 * 24 AND start < stop
  AND last >= min(iif(first / 24 < folded / 24, folded, first), stop / 6 * 6)
