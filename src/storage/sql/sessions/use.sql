-- Add the records of API requests to sessions that are there, each record once. ?1: by session, as JSON; records: [[hash,
-- tokens, costs], …]. ?2: how many days apart a session's starts may be told. ?3: how many records a session keeps in mind.
-- Returns a row for each that had records to add.
WITH found AS MATERIALIZED (
  SELECT
    known.id,
    (
      SELECT json_group_array(json(record.value))
      FROM json_each(new.value -> 'records') AS record
      WHERE record.value ->> 0 NOT IN (SELECT value FROM json_each(known.records))
    ) AS fresh
  FROM json_each(?1) AS new
  CROSS JOIN session_days AS there
    ON there.day >= (new.value ->> 'day') - ?2 AND there.day <= (new.value ->> 'day') + ?2
  CROSS JOIN sessions AS known ON known.id = (there.day << 40) | (new.value ->> 'hash')
  WHERE NOT EXISTS (
    SELECT 1 FROM erasures
    WHERE mark IN (new.value ->> 'mark', new.value ->> 'session_mark') AND new.value ->> 'time' < before
  )
)
UPDATE sessions
SET
  used_tokens = (
    SELECT json_group_object(key, n)
    FROM (
      SELECT key, sum(n) AS n
      FROM (
        SELECT key, value AS n FROM json_each(sessions.used_tokens)
        UNION ALL
        SELECT counter.key, counter.value
        FROM json_each(found.fresh) AS record CROSS JOIN json_each(record.value -> 1) AS counter
      )
      GROUP BY key
    )
  ),
  used_costs = (
    SELECT json_group_object(key, n)
    FROM (
      SELECT key, sum(n) AS n
      FROM (
        SELECT key, value AS n FROM json_each(sessions.used_costs)
        UNION ALL
        SELECT counter.key, counter.value
        FROM json_each(found.fresh) AS record CROSS JOIN json_each(record.value -> 2) AS counter
      )
      GROUP BY key
    )
  ),
  records = (
    SELECT json_group_array(hash)
    FROM (
      SELECT hash
      FROM (
        SELECT 1 AS later, key AS place, value ->> 0 AS hash FROM json_each(found.fresh)
        UNION ALL
        SELECT 0, key, value FROM json_each(sessions.records)
        ORDER BY later DESC, place DESC LIMIT ?3
      )
      ORDER BY later, place
    )
  )
FROM found
WHERE sessions.id = found.id AND found.fresh <> '[]'
RETURNING 1
