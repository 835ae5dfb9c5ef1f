-- How far the rollups are, and the last event that came late.
SELECT
  revision, CAST(rolled_id AS TEXT) AS rolled_id, rolled_at, due_at,
  coalesce((SELECT max(number) FROM late_events), 0) AS last_late
FROM rollup_state
