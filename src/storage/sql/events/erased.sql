-- A rollup under way must read again what it takes in. ?1: by whom.
UPDATE rollup_state SET revision = revision + 1, committed = ?1
