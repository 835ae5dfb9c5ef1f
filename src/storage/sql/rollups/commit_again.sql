-- Rollups were made again, unless somebody came first, or the events that they were made of may have gone. ?1: by whom. ?2: the
-- revision that this was made from. ?3: the hour before which events might be gone. Returns a row if it holds.
UPDATE rollup_state SET revision = revision + 1, committed = ?1 WHERE revision = ?2 AND expiring = ?3 RETURNING revision
