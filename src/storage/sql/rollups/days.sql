-- A series day by day, from one on. ?1: the series, as a JSON path. ?2: the first hour of the first day.
SELECT first, tallies -> ?1 AS tallies FROM sums WHERE hours = 24 AND first >= ?2
