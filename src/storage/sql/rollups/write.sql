-- Put hours in place. ?1: [[start, last hour, hours], …], hours as JSON {series: {hour: {value: tally}}}, null for what is to
-- go of a row that is there. ?2: by whom the rollups were committed.
INSERT INTO rollups (start, last, hours)
SELECT value ->> 0, value ->> 1, value -> 2
FROM json_each(?1)
WHERE (SELECT committed FROM rollup_state) = ?2
ON CONFLICT (start) DO UPDATE SET last = max(last, excluded.last), hours = json_patch(hours, excluded.hours)
