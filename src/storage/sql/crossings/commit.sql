-- The sums of days up to here hold what tools are crossed with, unless somebody came first. ?1: by whom. ?2: the hour. ?3: the
-- revision that this was made from. Returns a row if it holds.
UPDATE rollup_state SET revision = revision + 1, committed = ?1, crossed = ?2 WHERE revision = ?3 RETURNING revision
