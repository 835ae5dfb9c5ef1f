-- Which tools one person used with one agent without a long pause, day by day, by their first uses there: for each pair the one
-- that was first and the one that came after, or both ways where they came in the same second. Of the events that the rollups
-- hold, and of late ones that are being taken in. ?1: first key, ?2: the key to stop before, as text: of days. ?3: keys being
-- taken in, as JSON text. ?4: how many events at most. ?5: the pause in seconds. ?6: how many tools of a visit, ?7: how many
-- pairs of a day at most. Returns [[day, first tool, later tool, visits, [person, …], first, last], …] as JSON; day: since 1970,
-- first, last: epoch seconds.
WITH uses AS MATERIALIZED (
  SELECT time / 86400 AS day, person, agent_id, tool_key, time
  FROM events
  WHERE id >= CAST(?1 AS INTEGER) AND id < CAST(?2 AS INTEGER) AND id <= (SELECT rolled_id FROM rollup_state) AND NOT test
    AND id NOT IN (
      SELECT event_id FROM late_events WHERE event_id NOT IN (SELECT CAST(value AS INTEGER) FROM json_each(?3))
    )
  ORDER BY id LIMIT ?4
),
begun AS (
  SELECT *, coalesce(time - lag(time) OVER (PARTITION BY day, person, agent_id ORDER BY time) > ?5, 1) AS begins FROM uses
),
-- Visits are numbered in the order of whose they are, so that a number is of one day, one person and one agent.
numbered AS (SELECT *, sum(begins) OVER (ORDER BY day, person, agent_id, time) AS visit FROM begun),
ranked AS (
  SELECT
    visit, day, person, tool_key, min(time) AS time,
    row_number() OVER (PARTITION BY visit ORDER BY min(time), tool_key) AS place
  FROM numbered
  GROUP BY visit, day, person, tool_key
),
-- A visit's tools are taken apart again: a join with itself would look for each visit among all.
visits AS MATERIALIZED (
  SELECT day, person, json_group_array(json_array(tool_key, time)) AS tools
  FROM ranked
  WHERE place <= ?6
  GROUP BY visit
  HAVING count(*) > 1
),
pairs AS (
  SELECT
    day, one.value ->> 0 AS tool, other.value ->> 0 AS later, count(*) AS visits, json_group_array(DISTINCT person) AS people,
    min(one.value ->> 1) AS first, max(other.value ->> 1) AS last
  FROM visits CROSS JOIN json_each(visits.tools) AS one CROSS JOIN json_each(visits.tools) AS other
  WHERE other.value ->> 1 >= one.value ->> 1 AND other.key <> one.key
  GROUP BY day, tool, later
)
SELECT json_group_array(json_array(day, tool, later, visits, json(people), first, last)) AS pairs
FROM (SELECT *, row_number() OVER (PARTITION BY day ORDER BY visits DESC, tool, later) AS place FROM pairs)
WHERE place <= ?7
