-- The events that are not in the rollups yet, in order, and those that came late: how many, the last key of those in order,
-- and their facts as JSON, without test traffic; and the first key of all. ?1: a revision, ?2: a key, as text, ?3: how many events lay up to it above
-- rolled_id at that revision, ?4: how many late ones there were. If it is still so (known), only those behind that key. Within
-- a revision events come and none goes, so that as many are the same.
WITH state AS MATERIALIZED (
  SELECT
    rolled_id,
    CASE
      WHEN revision = ?1 AND ?4 = (SELECT count(*) FROM late_events) AND ?3 = (
        SELECT count(*) FROM skill_usage_events WHERE id > rolled_id AND id <= CAST(?2 AS INTEGER)
      ) THEN 1
      ELSE 0
    END AS known
  FROM rollup_state
)
SELECT
  (SELECT CAST(min(id) AS TEXT) FROM skill_usage_events) AS oldest, (SELECT known FROM state) AS known, count(*) AS events, CAST(max(id) AS TEXT) AS last,
  json_group_array(json(fact)) FILTER (WHERE NOT test) AS facts
FROM events
WHERE id > (SELECT max(rolled_id, iif(known, CAST(?2 AS INTEGER), rolled_id)) FROM state)
UNION ALL
SELECT NULL, 0, count(*), NULL, json_group_array(json(fact)) FILTER (WHERE NOT test)
FROM state CROSS JOIN late_events AS late CROSS JOIN events AS event ON event.id = late.event_id
WHERE NOT known
