-- Put sums in place. ?1: [[hours, first, tallies], …], tallies as JSON {series: {value: tally}}, null for what is to go of a
-- sum that is there. ?2: by whom the rollups were committed.
INSERT INTO sums (hours, first, tallies)
SELECT value ->> 0, value ->> 1, value -> 2
FROM json_each(?1)
WHERE (SELECT committed FROM rollup_state) = ?2
ON CONFLICT (hours, first) DO UPDATE SET tallies = json_patch(tallies, excluded.tallies)
