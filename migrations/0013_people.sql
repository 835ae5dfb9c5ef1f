-- People by their hash alone: a table by number and its index by hash were two rows for each of them. Whoever is forgotten has no
-- row any more; that their number stays taken is what last_number says. It is the highest number that was given, but for those of
-- events above numbered_id, which say so themselves: whoever is new with an event costs one row. numbered_id is never below
-- rolled_id, and lies above it where much waits.
ALTER TABLE rollup_state ADD COLUMN last_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_state ADD COLUMN numbered_id INTEGER NOT NULL DEFAULT -1;

-- From here to the last trigger a Worker that is older than this finds no people, or must not add any.
ALTER TABLE people RENAME TO people_by_number;

CREATE TABLE people (
  user_id_hash TEXT PRIMARY KEY,
  number INTEGER NOT NULL DEFAULT 0 CHECK (number > 0)
) WITHOUT ROWID;

INSERT INTO people (user_id_hash, number)
SELECT user_id_hash, number FROM people_by_number WHERE user_id_hash IS NOT NULL;

UPDATE rollup_state
SET last_number = (SELECT coalesce(max(number), 0) FROM people_by_number), numbered_id = rolled_id;

DROP TABLE people_by_number;

-- Whoever is added without a number gets the next one, and last_number says that it is taken: somebody new without an event.
CREATE TRIGGER number_person BEFORE INSERT ON people WHEN new.number = 0
BEGIN
  UPDATE rollup_state
  SET
    last_number = 1 + max(
      last_number, (SELECT coalesce(max(person), 0) FROM skill_usage_events WHERE id > numbered_id)
    ),
    numbered_id = max(numbered_id, (SELECT coalesce(max(id), -1) FROM skill_usage_events))
  WHERE NOT EXISTS (SELECT 1 FROM people WHERE user_id_hash = new.user_id_hash);
  INSERT INTO people (user_id_hash, number)
  SELECT new.user_id_hash, last_number FROM rollup_state
  WHERE NOT EXISTS (SELECT 1 FROM people WHERE user_id_hash = new.user_id_hash);
  SELECT raise(IGNORE);
END;

-- An event that goes says no longer that its person's number is taken.
CREATE TRIGGER keep_number BEFORE DELETE ON skill_usage_events WHEN old.person > (SELECT last_number FROM rollup_state)
BEGIN
  UPDATE rollup_state SET last_number = old.person;
END;

-- What an older Worker does until the new one takes its place: a step that says nothing of numbers, and forgetting.
CREATE TRIGGER keep_numbers AFTER UPDATE OF rolled_id ON rollup_state WHEN new.rolled_id > new.numbered_id
BEGIN
  UPDATE rollup_state
  SET
    last_number = max(
      last_number,
      (SELECT coalesce(max(person), 0) FROM skill_usage_events WHERE id > numbered_id AND id <= rolled_id)
    ),
    numbered_id = rolled_id;
END;

CREATE TRIGGER forget_person BEFORE UPDATE OF user_id_hash ON people WHEN new.user_id_hash IS NULL
BEGIN
  DELETE FROM people WHERE user_id_hash = old.user_id_hash;
  SELECT raise(IGNORE);
END;

UPDATE settings SET value = '0013_people' WHERE name = 'schema';
