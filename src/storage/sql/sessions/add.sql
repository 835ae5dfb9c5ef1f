-- Store sessions; of one that is there already, what is newer by its end, then by its sums, then by what it used. An erasure forbids what began
-- before it. ?1: sessions as JSON. ?2: how many days apart its starts may be told. Returns a row for each that is new or
-- changed.
INSERT INTO sessions (id, person, hour, test, ended, weight, posted, details, session, tools)
SELECT
  coalesce(
    (
      SELECT known.id
      FROM session_days AS there
      CROSS JOIN sessions AS known ON known.id = (there.day << 40) | (new.value ->> 'hash')
      WHERE there.day >= (new.value ->> 'day') - ?2 AND there.day <= (new.value ->> 'day') + ?2
    ),
    (new.value ->> 'day') << 40 | (new.value ->> 'hash')
  ),
  people.number, new.value ->> 'hour', new.value ->> 'test', new.value ->> 'ended', new.value ->> 'weight',
  new.value -> 'posted', new.value -> 'details', new.value ->> 'session', new.value ->> 'tools'
FROM json_each(?1) AS new
CROSS JOIN people ON people.user_id_hash = new.value ->> 'user_id_hash'
WHERE NOT EXISTS (
  SELECT 1 FROM erasures
  WHERE mark IN (new.value ->> 'mark', new.value ->> 'session_mark') AND new.value ->> 'time' < before
)
ON CONFLICT (id) DO UPDATE
SET
  person = excluded.person, ended = excluded.ended, weight = excluded.weight, posted = excluded.posted,
  details = excluded.details, session = excluded.session,
  -- On another day its number is another.
  tools = iif(CAST(excluded.hour / 24 AS INTEGER) = sessions.id >> 40, excluded.tools, NULL)
WHERE (excluded.ended, excluded.weight, excluded.posted, coalesce(excluded.tools, ''))
  > (sessions.ended, sessions.weight, sessions.posted, coalesce(sessions.tools, ''))
RETURNING 1
