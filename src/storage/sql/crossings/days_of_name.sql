-- The tools of one name day by day with what they are crossed with, and the rarest: a row read for each tool and day. ?1: the
-- name. ?2: the rarest, by name. ?3: the first hour of the first day, ?4: the hour to stop before. tools: {tool: [tally, crossing]}.
SELECT first, json_group_object(
  tool.key, json_array(json(tool.value), json(tallies -> ('$.cross."' || tool.key || '"')))
) AS tools
FROM sums CROSS JOIN json_each(tallies -> '$.tool') AS tool
WHERE hours = 24 AND first < (SELECT crossed FROM rollup_state) AND first >= ?3 AND first < ?4 AND (substr(tool.key, instr(tool.key, '|') + 1) = ?1 OR tool.key = ?2)
GROUP BY first
