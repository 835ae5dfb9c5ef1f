-- One row a session. The key is the day of its start (since 1970) in the high bits and 40 bits of the keyed hash of its
-- session_id in the low ones. hour: of its start (since 1970). posted: what whoever watched it to its end said of it last,
-- as JSON {counter: integer}; ended and weight put what is sent again in its order. used_tokens, used_costs: what the
-- records of its API requests add up to, by the same names; records: hashes of those that came last, so that one that is
-- sent again counts once. details: what no report counts. counters: what the session counts as. What was posted says its
-- tokens, and its cost, where it knows them; else the records do.
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  person INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  test INTEGER NOT NULL DEFAULT 0,
  ended INTEGER NOT NULL,
  weight INTEGER NOT NULL,
  posted TEXT NOT NULL,
  details TEXT NOT NULL DEFAULT '{}',
  used_tokens TEXT NOT NULL DEFAULT '{}',
  used_costs TEXT NOT NULL DEFAULT '{}',
  records TEXT NOT NULL DEFAULT '[]',
  counters TEXT GENERATED ALWAYS AS (
    CASE WHEN person > 0 THEN json_set(
      json_patch(
        json_patch(posted, CASE WHEN posted -> '$."known|tokens"' IS NULL THEN used_tokens ELSE '{}' END),
        CASE WHEN posted -> '$."known|cost"' IS NULL THEN used_costs ELSE '{}' END
      ),
      '$."person|' || person || '"', 1
    ) ELSE '{}' END
  ) VIRTUAL
);

-- What the sessions that began on a day add up to, as JSON: in all, and by the hour (since 1970). A session's part is put in
-- and taken out in the transaction that changes the session, so that the sums are never behind.
CREATE TABLE session_days (
  day INTEGER NOT NULL,
  test INTEGER NOT NULL,
  total TEXT NOT NULL DEFAULT '{}',
  hours TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (day, test)
) WITHOUT ROWID;

-- Where a change is written to, and never stays: what is to be added to a day, and what is to be taken away. It is a table,
-- as a backup is restored with triggers before views.
CREATE TABLE session_changes (day INTEGER, test INTEGER, hour INTEGER, plus TEXT, minus TEXT);

-- A row must not outgrow what D1 keeps: of a day with very many names, new ones are counted together.
CREATE TRIGGER count_sessions BEFORE INSERT ON session_changes
BEGIN
  INSERT INTO session_days (day, test) VALUES (new.day, new.test) ON CONFLICT DO NOTHING;
  UPDATE session_days
  SET
    (total, hours) = (
      WITH changes AS MATERIALIZED (
        SELECT
          CASE
            WHEN (n < 0 OR length(total) > 300000 OR length(hours) > 900000) AND instr(key, '|')
              AND json_type(total, '$."' || key || '"') IS NULL
            THEN substr(key, 1, instr(key, '|')) || '(other)'
            ELSE key
          END AS key,
          n
        FROM (SELECT key, value AS n FROM json_each(new.plus) UNION ALL SELECT key, -value FROM json_each(new.minus))
      )
      SELECT
        (
          SELECT json_group_object(key, n)
          FROM (
            SELECT key, sum(n) AS n
            FROM (SELECT key, value AS n FROM json_each(total) UNION ALL SELECT key, n FROM changes)
            GROUP BY key HAVING sum(n) <> 0
          )
        ),
        json_set(hours, '$."' || new.hour || '"', (
          SELECT json_group_object(key, n)
          FROM (
            SELECT key, sum(n) AS n
            FROM (
              SELECT key, value AS n FROM json_each(coalesce(hours -> ('$."' || new.hour || '"'), '{}'))
              UNION ALL SELECT key, n FROM changes
            )
            GROUP BY key HAVING sum(n) <> 0
          )
        ))
    )
  WHERE day = new.day AND test = new.test;
  SELECT raise(IGNORE);
END;

CREATE TRIGGER count_new_session AFTER INSERT ON sessions
BEGIN
  INSERT INTO session_changes (day, test, hour, plus, minus)
  VALUES (new.id >> 40, new.test, new.hour, new.counters, '{}');
END;

CREATE TRIGGER count_changed_session AFTER UPDATE ON sessions WHEN new.counters <> old.counters
BEGIN
  INSERT INTO session_changes (day, test, hour, plus, minus)
  VALUES (old.id >> 40, old.test, old.hour, new.counters, old.counters);
END;

UPDATE settings SET value = '0006_sessions' WHERE name = 'schema';
