"""What an event is, and its way into the database: parse, validate, scrub, identify, keep."""
