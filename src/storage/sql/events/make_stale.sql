-- Note the hours whose rollups hold these events, as far as they can be made again. ?1: keys as JSON text.
INSERT INTO stale_hours (hour)
SELECT DISTINCT time / 3600
FROM json_each(?1) AS wanted CROSS JOIN events ON events.id = CAST(wanted.value AS INTEGER)
WHERE events.id <= (SELECT rolled_id FROM rollup_state)
  AND events.id NOT IN (SELECT event_id FROM late_events)
  AND time / 3600 >= (SELECT expiring FROM rollup_state)
ON CONFLICT DO NOTHING
