-- The latest migration, and the oldest event that no rollup holds.
SELECT
  (SELECT value FROM settings WHERE name = 'schema') AS schema,
  CAST((SELECT min(id) FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state)) AS TEXT) AS waiting,
  CAST((SELECT min(event_id) FROM late_events) AS TEXT) AS late
