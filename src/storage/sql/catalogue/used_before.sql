-- Which tools were used before an hour, of those that have a day's sum. ?1: values of the series of tools, as JSON. ?2: the hour.
SELECT value FROM json_each(?1) AS wanted CROSS JOIN seen USING (value) WHERE series = 'tool' AND first < ?2 * 3600
