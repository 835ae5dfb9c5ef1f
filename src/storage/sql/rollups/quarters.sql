-- The sums of a day's quarters. ?1: its first hour.
SELECT first, tallies FROM sums WHERE hours = 6 AND first >= ?1 AND first < ?1 + 24
