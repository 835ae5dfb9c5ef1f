-- When tools that have a day's sum were last used before an hour: those that were also used later are looked for day by day.
-- ?1: values of the series of tools, as JSON. ?2: the hour.
SELECT
  value,
  CASE
    WHEN last < ?2 * 3600 THEN last
    ELSE (
      SELECT tallies ->> ('$.tool."' || value || '"[3]') AS last
      FROM sums
      WHERE hours = 24 AND sums.first < ?2 AND tallies -> ('$.tool."' || value || '"') IS NOT NULL
        AND tallies ->> ('$.tool."' || value || '"[3]') < ?2 * 3600
      ORDER BY sums.first DESC
      LIMIT 1
    )
  END AS last
FROM json_each(?1) AS wanted CROSS JOIN seen USING (value)
WHERE series = 'tool' AND first < ?2 * 3600
