-- A series day by day. ?1: the series, as a JSON path. ?2: the first hour of the first day, ?3: the hour to stop before.
SELECT first, tallies -> ?1 AS tallies FROM sums WHERE hours = 24 AND first >= ?2 AND first < ?3
