-- The next day that has a sum, and whether its rarest tools are counted together. ?1: the first hour that it may begin with. ?2:
-- the rarest tools, as a JSON path.
SELECT first, tallies -> ?2 IS NOT NULL AS rare FROM sums WHERE hours = 24 AND first >= ?1 ORDER BY first LIMIT 1
