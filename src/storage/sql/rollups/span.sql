-- The rows that hold hours of a span of one day, without what tools are crossed with. ?1: the first hour, ?2: the hour to stop before.
SELECT json_remove(hours, '$.cross') AS hours
FROM rollups WHERE start >= CAST(?1 AS INTEGER) / 24 * 24 AND start < ?2 AND last >= ?1 ORDER BY start
