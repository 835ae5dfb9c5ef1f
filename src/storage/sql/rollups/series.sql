-- The rollups of one dimension (or, of dimension 'tool', of one tool) from a day on, with their hours on the days named.
-- ?1: dimension. ?2: tool_name, '' = every one. ?3: the first day. ?4: days as ',20000,20001,', or 'all'.
SELECT
  day, tool_name, totals,
  CASE WHEN ?4 = 'all' OR instr(?4, ',' || day || ',') THEN hours END AS hours
FROM rollups
WHERE dimension = ?1 AND day >= ?3 AND (?2 = '' OR tool_name = ?2)
