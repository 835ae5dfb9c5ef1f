-- The events that are not in the rollups yet.
SELECT test, fact FROM events WHERE id > (SELECT rolled_id FROM rollup_state)
UNION ALL
SELECT test, fact FROM late_events AS late CROSS JOIN events AS event ON event.id = late.event_id
WHERE late.event_id <= (SELECT rolled_id FROM rollup_state)
