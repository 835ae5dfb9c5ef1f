-- A value of a series day by day, and beside it what the rarest are counted under. ?1, ?2: both as JSON paths.
-- ?3, ?4: both by name. ?5: the first hour of the first day, ?6: the hour to stop
-- before.
SELECT first, json_object(?3, json(tallies -> ?1), ?4, json(tallies -> ?2)) AS tallies
FROM sums
WHERE hours = 24 AND first >= ?5 AND first < ?6
