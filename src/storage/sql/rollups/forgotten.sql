-- Whoever was last there before an hour has no hash any more. ?1: the hour.
UPDATE rollup_state SET forgotten = ?1
