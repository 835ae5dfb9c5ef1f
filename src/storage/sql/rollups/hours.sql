-- The hours of a series that groups.sql has in no sum: those of the quarter that the first is in, and the latest. ?1: the
-- series, as a JSON path. ?2: the hour. folded: from which hour on there are no sums.
WITH state AS MATERIALIZED (SELECT folded, CAST(?2 AS INTEGER) AS first FROM rollup_state)
SELECT hours -> ?1 AS hours, folded
FROM state CROSS JOIN rollups
WHERE start >= first / 24 * 24 AND start < min((first + 5) / 6 * 6, folded / 24 * 24) AND last >= first
UNION ALL
SELECT hours -> ?1, folded
FROM state CROSS JOIN rollups
WHERE start >= max(first, folded) / 24 * 24 AND last >= iif(first / 24 < folded / 24, folded, first)
