-- How far the rollups are, the first key there is, and whether an erasure is not done: of a person, or of hours that wait to
-- be made again.
SELECT
  revision, CAST(rolled_id AS TEXT) AS rolled_id, rolled_at, due_at, unfolded, folded, summed, expiring, forgotten, crossed,
  coalesce((SELECT CAST(min(id) AS TEXT) FROM skill_usage_events), '-1') AS oldest_id,
  EXISTS (SELECT 1 FROM stale_hours) OR EXISTS (SELECT 1 FROM erasures WHERE person > 0) AS erasing
FROM rollup_state
