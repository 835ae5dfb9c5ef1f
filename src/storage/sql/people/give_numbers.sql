-- Give everyone new with an event the next number, whom no erasure forbids it. people/keep_numbers must follow when the events are
-- stored, in the same transaction. ?1: [{id, user_id_hash, mark, time}, …] as JSON.
INSERT INTO people (user_id_hash, number)
SELECT
  user_id_hash,
  (
    SELECT max(last_number, (SELECT coalesce(max(person), 0) FROM skill_usage_events WHERE id > numbered_id))
    FROM rollup_state
  ) + row_number() OVER (ORDER BY place)
FROM (
  SELECT new.value ->> 'user_id_hash' AS user_id_hash, min(new.key) AS place
  FROM json_each(?1) AS new
  WHERE NOT EXISTS (SELECT 1 FROM people WHERE user_id_hash = new.value ->> 'user_id_hash')
    AND NOT EXISTS (
      SELECT 1 FROM erasures WHERE mark = new.value ->> 'mark' AND new.value ->> 'time' < before
    )
  GROUP BY 1
)
