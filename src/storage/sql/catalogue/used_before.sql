-- Which tools were used before an hour, of those that have a day's sum. ?1: values of the series of tools, as JSON. ?2: the hour.
SELECT tool FROM json_each(?1) AS wanted CROSS JOIN seen ON seen.tool = wanted.value WHERE seen.first < ?2 * 3600
