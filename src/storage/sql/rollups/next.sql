-- The first hour from one on that a row may hold. ?1: the hour.
SELECT max(min(start), ?1) AS hour FROM rollups WHERE start >= CAST(?1 AS INTEGER) / 24 * 24 AND last >= ?1
