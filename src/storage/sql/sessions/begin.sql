-- Store sessions that are known by records of their API requests alone. ?1: by session, as JSON. ?2: how many days apart a
-- session's starts may be told.
INSERT INTO sessions (id, person, hour, test, ended, weight, posted, used_tokens, used_costs, records)
SELECT
  (new.value ->> 'day') << 40 | (new.value ->> 'hash'), people.number, new.value ->> 'hour', new.value ->> 'test', -1, -1,
  new.value -> 'posted', new.value -> 'tokens', new.value -> 'costs', new.value -> 'hashes'
FROM json_each(?1) AS new
CROSS JOIN people ON people.user_id_hash = new.value ->> 'user_id_hash'
WHERE NOT EXISTS (
  SELECT 1
  FROM session_days AS there
  CROSS JOIN sessions AS known ON known.id = (there.day << 40) | (new.value ->> 'hash')
  WHERE there.day >= (new.value ->> 'day') - ?2 AND there.day <= (new.value ->> 'day') + ?2
)
AND NOT EXISTS (
  SELECT 1 FROM erasures
  WHERE mark IN (new.value ->> 'mark', new.value ->> 'session_mark') AND new.value ->> 'time' < before
)
ON CONFLICT DO NOTHING
