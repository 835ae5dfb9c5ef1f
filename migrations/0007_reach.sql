-- Who had which plugins loaded on a day (since 1970): a row holds up to 256 people, by their number, as JSON
-- {"PLUGIN|VERSION": {"NUMBER": 1}}, so that somebody is a row written on a day, however many plugins and sessions.
CREATE TABLE plugin_days (
  day INTEGER NOT NULL,
  block INTEGER NOT NULL,
  plugins TEXT NOT NULL,
  PRIMARY KEY (day, block)
) WITHOUT ROWID;

UPDATE settings SET value = '0007_reach' WHERE name = 'schema';
