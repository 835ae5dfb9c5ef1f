-- Look at what waits no later than this. ?1: when, in epoch seconds.
UPDATE rollup_state SET due_at = ?1 WHERE due_at > ?1
