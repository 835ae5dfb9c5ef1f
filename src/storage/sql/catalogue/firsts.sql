-- When tools were first used, in epoch seconds, as far as days have sums, and before which hour they have. ?1: of how many
-- tools at most.
SELECT (SELECT json_group_object(tool, first) FROM (SELECT tool, first FROM seen LIMIT ?1)) AS firsts, summed
FROM rollup_state
