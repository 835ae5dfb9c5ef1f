-- Cut the only tie between a number and a hash. The number stays taken. ?1: user_id_hash.
UPDATE people SET user_id_hash = NULL WHERE user_id_hash = ?1
