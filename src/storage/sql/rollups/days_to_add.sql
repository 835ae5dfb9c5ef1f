-- The sums of the next days that a snapshot takes in, without what no snapshot is asked for. ?1: the hour to begin at,
-- ?2: the hour to stop before. ?3: how many days, ?4: how many characters of them: the last may go beyond. days: how many
-- there would be but for the characters.
SELECT first, days, tallies
FROM (
  SELECT
    first, tallies, count(*) OVER () AS days, sum(length(tallies)) OVER (ORDER BY first) - length(tallies) AS before
  FROM (
    SELECT first, json_remove(tallies, '$.all', '$.test', '$.error', '$.latest', '$.cross') AS tallies
    FROM sums
    WHERE hours = 24 AND first >= ?1 AND first < ?2
    ORDER BY first LIMIT ?3
  )
)
WHERE before < ?4
