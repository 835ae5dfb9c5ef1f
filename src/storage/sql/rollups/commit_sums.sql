-- The sums reach up to here, unless somebody came first. ?1: by whom. ?2: quarters, ?3: days, as hours since 1970. ?4: the
-- revision that this was made from. Returns a row if it holds.
UPDATE rollup_state
SET revision = revision + 1, committed = ?1, folded = ?2, summed = ?3, unfolded = 0
WHERE revision = ?4
RETURNING revision
