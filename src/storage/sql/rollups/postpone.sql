-- Too little has gathered: look again later. ?1: when, in epoch seconds.
UPDATE rollup_state SET due_at = ?1
