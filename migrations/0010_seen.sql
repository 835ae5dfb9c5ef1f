DROP TRIGGER see_day;
DROP TRIGGER see_day_again;
DROP TRIGGER unsee;
DROP TABLE seen;

-- When the tools that have a day's sum were first and last used, in epoch seconds, and of versions nothing any more: of a tool that
-- is shipped and not used, no report should have to read all days. It follows the sums in the transaction that changes them. last
-- lags less than four days behind the last use of any day, so that a tool that is used day after day is not a row written each day.
CREATE TABLE seen (
  tool TEXT PRIMARY KEY,
  first INTEGER,
  last INTEGER
) WITHOUT ROWID;

CREATE TRIGGER see_day AFTER INSERT ON sums WHEN new.hours = 24
BEGIN
  INSERT INTO seen (tool, first, last)
  SELECT tally.key, tally.value ->> 2, tally.value ->> 3
  FROM json_each(new.tallies, '$.tool') AS tally
  WHERE tally.type = 'array'
  ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)
  WHERE excluded.first < first OR excluded.last >= last + 345600;
END;

-- Where a day has become less at either end, as after an erasure, the ends are looked for in all days.
CREATE TRIGGER see_day_again AFTER UPDATE ON sums WHEN new.hours = 24 AND new.tallies <> old.tallies
BEGIN
  INSERT INTO seen (tool, first, last)
  SELECT tally.key, tally.value ->> 2, tally.value ->> 3
  FROM json_each(new.tallies, '$.tool') AS tally
  WHERE tally.type = 'array'
  ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)
  WHERE excluded.first < first OR excluded.last >= last + 345600;
  UPDATE seen
  SET (first, last) = (
    SELECT min(tally ->> 2), max(tally ->> 3)
    FROM (SELECT tallies -> ('$.tool."' || seen.tool || '"') AS tally FROM sums WHERE hours = 24)
  )
  WHERE tool IN (
    SELECT known.tool
    FROM (
      SELECT was.key, was.value AS tally, new.tallies -> ('$.tool."' || was.key || '"') AS now
      FROM json_each(old.tallies, '$.tool') AS was
    ) AS day
    CROSS JOIN seen AS known ON known.tool = day.key
    WHERE (known.first = day.tally ->> 2 AND coalesce(day.now ->> 2 > known.first, 1))
      OR (known.last = day.tally ->> 3 AND coalesce(day.now ->> 3 < known.last, 1))
  );
END;

CREATE TRIGGER unsee AFTER UPDATE ON seen WHEN new.first IS NULL
BEGIN
  DELETE FROM seen WHERE tool = new.tool;
END;

INSERT INTO seen (tool, first, last)
SELECT tally.key, min(tally.value ->> 2), max(tally.value ->> 3)
FROM sums
CROSS JOIN json_each(sums.tallies, '$.tool') AS tally
WHERE hours = 24 AND tally.type = 'array'
GROUP BY tally.key;

UPDATE settings SET value = '0010_seen' WHERE name = 'schema';
