-- The rollups hold everything up to this key. ?1: the key, as text. ?2: now, ?3: when to look again, in epoch seconds.
-- ?4: the revision that this was made from. Returns a row if nobody came first.
UPDATE rollup_state
SET revision = revision + 1, rolled_id = max(rolled_id, CAST(?1 AS INTEGER)), rolled_at = ?2, due_at = ?3
WHERE revision = ?4
RETURNING revision
