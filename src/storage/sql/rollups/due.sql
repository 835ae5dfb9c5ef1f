-- When to look at what waits, in epoch seconds, and how far the rollups are.
SELECT due_at, CAST(rolled_id AS TEXT) AS rolled_id FROM rollup_state
