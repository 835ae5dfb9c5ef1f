-- A session's part of its day is put in by a patch of its own keys: taking the day apart and putting it together again read
-- every key of every other session of the day, four times a session.
DROP TRIGGER count_sessions;

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
      -- A sum of 0 becomes null, and a null in a patch takes the key away.
      SELECT
        json_patch(total, json_group_object(key, nullif(coalesce(total ->> ('$."' || key || '"'), 0) + n, 0))),
        json_patch(
          hours,
          json_object(
            CAST(new.hour AS TEXT),
            json_group_object(
              key, nullif(coalesce(hours ->> ('$."' || new.hour || '"."' || key || '"'), 0) + n, 0)
            )
          )
        )
      FROM (SELECT key, sum(n) AS n FROM changes GROUP BY key)
    )
  WHERE day = new.day AND test = new.test;
  SELECT raise(IGNORE);
END;

UPDATE settings SET value = '0009_session_sums' WHERE name = 'schema';
