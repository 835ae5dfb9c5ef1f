-- Cut the only tie between a number and a hash. The number stays taken. ?1: user_id_hash.
DELETE FROM people WHERE user_id_hash = ?1
