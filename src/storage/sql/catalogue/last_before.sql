-- When tools that have a day's sum were last used before an hour: it is looked for in the days right behind the last use that is
-- noted, and for those that were used later than the hour, day by day. ?1: values of the series of tools, as JSON. ?2: the hour.
SELECT
  tool,
  (
    SELECT tallies ->> ('$.tool."' || tool || '"[3]')
    FROM sums
    WHERE hours = 24 AND sums.first >= iif(seen.last < ?2 * 3600, seen.last, seen.first) / 86400 * 24
      AND sums.first < iif(seen.last < ?2 * 3600, min(?2, (seen.last / 86400 + 5) * 24), ?2)
      AND tallies ->> ('$.tool."' || tool || '"[3]') < ?2 * 3600
    ORDER BY sums.first DESC
    LIMIT 1
  ) AS last
FROM json_each(?1) AS wanted CROSS JOIN seen ON seen.tool = wanted.value
WHERE seen.first < ?2 * 3600
