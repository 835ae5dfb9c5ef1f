-- The rollups hold everything up to this key, as far as nobody came first and no event came in between; that the numbers of
-- their people are taken is said here from now on. ?1: by whom. ?2:
-- the key, as text. ?3: now, ?4: when to look again, in epoch seconds. ?5: how many were taken in, ?6: of them in order.
-- ?7: the revision that this was made
-- from. ?8: the hour of the oldest: whoever was there then may have to be forgotten. Returns a row if it holds.
UPDATE rollup_state
SET
  revision = revision + 1, committed = ?1, rolled_id = max(rolled_id, CAST(?2 AS INTEGER)), rolled_at = ?3, due_at = ?4,
  unfolded = unfolded + ?5, forgotten = min(forgotten, CAST(?8 AS INTEGER) / 24 * 24),
  last_number = max(last_number, taken.person), numbered_id = max(numbered_id, CAST(?2 AS INTEGER))
FROM (
  SELECT count(*) AS events, coalesce(max(person), 0) AS person FROM skill_usage_events
  WHERE id > (SELECT rolled_id FROM rollup_state) AND id <= CAST(?2 AS INTEGER)
) AS taken
WHERE revision = ?7 AND taken.events = ?6
RETURNING revision
