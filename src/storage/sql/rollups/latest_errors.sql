-- The newest failures that the sums of days know, the latest day first, until there are as many as are wanted. ?1: the
-- first hour of the first day. ?2: how many. ?3: the hour to stop before.
SELECT latest FROM (
  SELECT first, latest, sum(json_array_length(latest)) OVER (ORDER BY first DESC) - json_array_length(latest) AS before
  FROM (SELECT first, tallies -> '$.latest' AS latest FROM sums WHERE hours = 24 AND first >= ?1 AND first < ?3)
  WHERE latest IS NOT NULL
)
WHERE before < ?2
ORDER BY first DESC
