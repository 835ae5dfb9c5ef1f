-- The rollups hold these late events now: those taken in on their own, and those that a rollup met on its way. ?1, ?2: the
-- last key before and after it, as text. ?3: the last number taken in. ?4: the last one there was. ?5: the revision that
-- this was made from.
DELETE FROM late_events
WHERE (
    (event_id <= CAST(?1 AS INTEGER) AND number <= ?3)
    OR (event_id > CAST(?1 AS INTEGER) AND event_id <= CAST(?2 AS INTEGER) AND number <= ?4)
  )
  AND (SELECT revision FROM rollup_state) = ?5
