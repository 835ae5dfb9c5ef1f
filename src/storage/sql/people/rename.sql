-- Whoever was known under the pepper before keeps their number under this one. ?1: [[hash now, hash before], …] as JSON.
UPDATE people
SET user_id_hash = (SELECT value ->> 0 FROM json_each(?1) WHERE value ->> 1 = user_id_hash)
WHERE user_id_hash IN (
  SELECT value ->> 1 FROM json_each(?1)
  WHERE NOT EXISTS (SELECT 1 FROM people AS known WHERE known.user_id_hash = value ->> 0)
)
