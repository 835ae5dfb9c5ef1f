-- Add everyone new, whom no erasure forbids it; a trigger gives each a number. ?1: [{user_id_hash, mark, time}, …] as JSON.
INSERT INTO people (user_id_hash)
SELECT DISTINCT new.value ->> 'user_id_hash'
FROM json_each(?1) AS new
WHERE NOT EXISTS (
  SELECT 1 FROM erasures WHERE mark = new.value ->> 'mark' AND new.value ->> 'time' < before
)
ON CONFLICT DO NOTHING
