-- Say which numbers are taken, where no event above numbered_id says it of the last one: theirs was there already, or came late.
-- Also after so many new people that what is above would be read too often. ?1: as people/give_numbers has it. ?2: how many.
WITH given AS MATERIALIZED (
  SELECT max(people.number) AS number
  FROM json_each(?1) AS new CROSS JOIN people ON people.user_id_hash = new.value ->> 'user_id_hash'
)
UPDATE rollup_state
SET
  last_number = max(given.number, (SELECT coalesce(max(person), 0) FROM skill_usage_events WHERE id > numbered_id)),
  numbered_id = max(numbered_id, (SELECT coalesce(max(id), -1) FROM skill_usage_events))
FROM given
WHERE given.number > last_number
  AND (
    given.number - last_number > ?2
    OR NOT EXISTS (
      SELECT 1
      FROM json_each(?1) AS new CROSS JOIN skill_usage_events AS event ON event.id = new.value ->> 'id'
      WHERE event.id > numbered_id AND event.person = given.number
    )
  )
