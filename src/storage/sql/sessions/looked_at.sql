-- Whoever was there on an earlier day than was looked at may have to be forgotten. ?1: the first hour of that day.
UPDATE rollup_state SET forgotten = ?1 WHERE forgotten > ?1
