-- Hours as they are kept, each with the row that it belongs to: of its day's the last that begins no later. ?1: the hours,
-- as JSON. start, last: of that row, NULL where there is none. tallies: JSON {series: {value: tally}}.
SELECT
  wanted.value AS hour, start, last, length(hours) AS characters,
  (
    SELECT json_group_object(series.key, json(series.value -> ('$."' || wanted.value || '"')))
    FROM json_each(rollups.hours) AS series
    WHERE series.value -> ('$."' || wanted.value || '"') IS NOT NULL
  ) AS tallies
FROM json_each(?1) AS wanted
LEFT JOIN rollups ON start = (
  SELECT max(other.start) FROM rollups AS other
  WHERE other.start >= wanted.value / 24 * 24 AND other.start <= wanted.value
)
