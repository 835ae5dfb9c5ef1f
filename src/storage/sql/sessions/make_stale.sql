-- Days that have their sum tell afresh what was used together when these sessions come, or say something else of it: but for those
-- whose events may be gone, and for busy ones, as all of a day's events are read for it. ?1: sessions as JSON. ?2: how many events
-- a day may have.
INSERT INTO stale_hours (hour)
SELECT DISTINCT new.value ->> 'hour'
FROM json_each(?1) AS new CROSS JOIN rollup_state AS state
WHERE new.value ->> 'hour' >= state.expiring AND new.value ->> 'hour' < state.summed
  AND new.value ->> 'tools' IS NOT (
    SELECT tools FROM sessions WHERE id = (new.value ->> 'day') << 40 | (new.value ->> 'hash')
  )
  AND ?2 >= (
    SELECT count(*)
    FROM (
      SELECT 1 FROM skill_usage_events
      WHERE id >= ((new.value ->> 'day') - 18262) * 288 << 40 AND id < ((new.value ->> 'day') - 18261) * 288 << 40
      LIMIT CAST(?2 AS INTEGER) + 1
    )
  )
ON CONFLICT DO NOTHING
