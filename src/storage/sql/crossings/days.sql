-- A tool day by day with what it is crossed with, and the rarest tools. ?1, ?2: the tool and the rarest, ?5: the crossings, as
-- JSON paths. ?3, ?4: the tool and the rarest by name. ?6: the first hour of the first day, ?7: the hour to stop before. tools:
-- {tool: [tally, crossing]}.
SELECT first, json_patch('{}', json_object(
  ?3, json(iif(tallies -> ?1 IS NULL, 'null', json_array(json(tallies -> ?1), json(tallies -> ?5)))),
  ?4, json(iif(tallies -> ?2 IS NULL, 'null', json_array(json(tallies -> ?2), NULL)))
)) AS tools
FROM sums
WHERE hours = 24 AND first < (SELECT crossed FROM rollup_state) AND first >= ?6 AND first < ?7
