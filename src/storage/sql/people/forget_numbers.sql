-- Cut the tie of these numbers to a hash. ?1: numbers as JSON.
UPDATE people SET user_id_hash = NULL
WHERE number IN (SELECT value FROM json_each(?1)) AND user_id_hash IS NOT NULL
