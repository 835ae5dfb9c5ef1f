-- Note what an hour takes in, and return what it and its day have taken in by now. ?1: the hour since 1970. ?2: events.
-- ?3: new tools. ?4: new people.
UPDATE taken_in SET
  events = iif(hour = ?1, events, 0) + ?2,
  tools = iif(hour = ?1, tools, 0) + ?3,
  people = iif(hour = ?1, people, 0) + ?4,
  day_events = iif(hour / 24 = CAST(?1 AS INTEGER) / 24, day_events, 0) + ?2,
  hour = ?1
RETURNING events, tools, people, day_events
