-- From now on an event that arrives below this key is late, so that the rollup may read up to it. ?1: the key, as text.
UPDATE rollup_state SET claimed_id = max(claimed_id, CAST(?1 AS INTEGER) - 1)
