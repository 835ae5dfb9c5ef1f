-- Which of a person's sessions of a UTC day an event was in: a byte of a keyed hash over all three, 0 where the person is known by
-- the session alone. NULL: no session was given.
ALTER TABLE skill_usage_events ADD COLUMN session INTEGER;

-- The same of a session that was posted; and what it used, two tools or more, as JSON [tool_key, …]. NULL: nothing is told by it.
ALTER TABLE sessions ADD COLUMN session INTEGER;
ALTER TABLE sessions ADD COLUMN tools TEXT;

UPDATE settings SET value = '0012_sessions_of_events' WHERE name = 'schema';
