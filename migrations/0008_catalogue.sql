-- What was shipped: a row for each source, of which what is sent again takes the place. items: JSON [[category, name, tokens of
-- the description or null], …]. pushed: epoch seconds.
CREATE TABLE catalogue (
  source TEXT PRIMARY KEY,
  version TEXT,
  pushed INTEGER NOT NULL,
  items TEXT NOT NULL
) WITHOUT ROWID;

-- When the tools and the versions that have a day's sum were first and last used, in epoch seconds: of a tool that is shipped and
-- not used, no report should have to read all days. It follows the sums in the transaction that changes them.
CREATE TABLE seen (
  series TEXT NOT NULL,
  value TEXT NOT NULL,
  first INTEGER,
  last INTEGER,
  PRIMARY KEY (series, value)
) WITHOUT ROWID;

CREATE TRIGGER see_day AFTER INSERT ON sums WHEN new.hours = 24
BEGIN
  INSERT INTO seen (series, value, first, last)
  SELECT series.name, tally.key, tally.value ->> 2, tally.value ->> 3
  FROM (SELECT 'tool' AS name UNION ALL SELECT 'version') AS series
  CROSS JOIN json_each(new.tallies, '$.' || series.name) AS tally
  WHERE tally.type = 'array'
  ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)
  WHERE excluded.first < first OR excluded.last > last;
END;

-- Where a day has become less at either end, as after an erasure, the ends are looked for in all days.
CREATE TRIGGER see_day_again AFTER UPDATE ON sums WHEN new.hours = 24 AND new.tallies <> old.tallies
BEGIN
  INSERT INTO seen (series, value, first, last)
  SELECT series.name, tally.key, tally.value ->> 2, tally.value ->> 3
  FROM (SELECT 'tool' AS name UNION ALL SELECT 'version') AS series
  CROSS JOIN json_each(new.tallies, '$.' || series.name) AS tally
  WHERE tally.type = 'array'
  ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)
  WHERE excluded.first < first OR excluded.last > last;
  UPDATE seen
  SET (first, last) = (
    SELECT min(tally ->> 2), max(tally ->> 3)
    FROM (SELECT tallies -> ('$."' || series || '"."' || value || '"') AS tally FROM sums WHERE hours = 24)
  )
  WHERE (series, value) IN (
    SELECT known.series, known.value
    FROM (
      SELECT series.name, was.key, was.value AS tally, new.tallies -> ('$."' || series.name || '"."' || was.key || '"') AS now
      FROM (SELECT 'tool' AS name UNION ALL SELECT 'version') AS series
      CROSS JOIN json_each(old.tallies, '$.' || series.name) AS was
    ) AS day
    CROSS JOIN seen AS known ON known.series = day.name AND known.value = day.key
    WHERE (known.first = day.tally ->> 2 AND coalesce(day.now ->> 2 > known.first, 1))
      OR (known.last = day.tally ->> 3 AND coalesce(day.now ->> 3 < known.last, 1))
  );
END;

CREATE TRIGGER unsee AFTER UPDATE ON seen WHEN new.first IS NULL
BEGIN
  DELETE FROM seen WHERE series = new.series AND value = new.value;
END;

INSERT INTO seen (series, value, first, last)
SELECT series.name, tally.key, min(tally.value ->> 2), max(tally.value ->> 3)
FROM (SELECT 'tool' AS name UNION ALL SELECT 'version') AS series
CROSS JOIN sums
CROSS JOIN json_each(sums.tallies, '$.' || series.name) AS tally
WHERE hours = 24 AND tally.type = 'array'
GROUP BY series.name, tally.key;

UPDATE settings SET value = '0008_catalogue' WHERE name = 'schema';
