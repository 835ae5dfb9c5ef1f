-- The first key there is, and whether anything late waits for a rollup.
SELECT CAST(min(id) AS TEXT) AS id, EXISTS (SELECT 1 FROM late_events) AS late FROM skill_usage_events
