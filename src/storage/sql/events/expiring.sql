-- Events before an hour may be gone from now on, and no rollup is made from them again. ?1: the hour.
UPDATE rollup_state SET expiring = ?1 WHERE expiring < ?1
