-- What an open collector takes in an hour. Which tools were ever seen: a stranger may invent only so many.
CREATE TABLE known_tools (
  tool_category TEXT NOT NULL,
  tool_name TEXT NOT NULL,
  PRIMARY KEY (tool_category, tool_name)
) WITHOUT ROWID;

INSERT INTO known_tools (tool_category, tool_name)
SELECT DISTINCT tool_category, tool_name FROM skill_usage_events;

-- One row: what was taken in since the hour, and the day, began (both since 1970).
CREATE TABLE taken_in (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  hour INTEGER NOT NULL,
  events INTEGER NOT NULL,
  tools INTEGER NOT NULL,
  people INTEGER NOT NULL,
  day_events INTEGER NOT NULL
);

INSERT INTO taken_in (only, hour, events, tools, people, day_events) VALUES (1, 0, 0, 0, 0, 0);

-- Of erasures most are done and only kept in mind: those that are not are found without reading the others.
CREATE INDEX erasures_to_do ON erasures (person) WHERE person > 0;

UPDATE settings SET value = '0005_limits' WHERE name = 'schema';
