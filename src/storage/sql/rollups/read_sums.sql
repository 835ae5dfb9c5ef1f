-- The sums that these hours are in. ?1: the hours, as JSON.
SELECT hours, first, tallies
FROM sums
WHERE (hours = 6 AND first IN (SELECT value / 6 * 6 FROM json_each(?1)))
  OR (hours = 24 AND first IN (SELECT value / 24 * 24 FROM json_each(?1)))
