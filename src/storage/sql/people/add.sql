-- Give everyone new a number. ?1: events as JSON.
INSERT INTO people (user_id_hash)
SELECT DISTINCT value ->> 'user_id_hash' FROM json_each(?1) WHERE true
ON CONFLICT DO NOTHING
