-- The number of a person. ?1: user_id_hash.
SELECT number FROM people WHERE user_id_hash = ?1
