-- Which tools one person used in one session, day by day: for each pair by their first uses the one that was first and the one
-- that came after; or both by name, where they came in the same second, or a posted session alone says that it used both. A session
-- is told by its number, else by no long pause of one agent. Of the events that the rollups hold, and of late ones that are being
-- taken in. ?1: first key, ?2: the key to stop before, as text: of days. ?3: keys being taken in, as JSON text. ?4: how many events
-- at most. ?5: the pause in seconds. ?6: how many tools of a session, ?7: how many pairs of a day at most. ?8: first day, ?9: the
-- day to stop before. ?10: how many posted sessions at most. Returns [[day, tool, other tool, whether the first was first,
-- sessions, [person, …], first, last], …] as JSON; day: since 1970, first, last: epoch seconds.
WITH uses AS MATERIALIZED (
  SELECT time / 86400 AS day, person, session, coalesce(session, agent_id) AS whose, tool_key, time
  FROM events
  WHERE id >= CAST(?1 AS INTEGER) AND id < CAST(?2 AS INTEGER) AND id <= (SELECT rolled_id FROM rollup_state) AND NOT test
    AND id NOT IN (
      SELECT event_id FROM late_events WHERE event_id NOT IN (SELECT CAST(value AS INTEGER) FROM json_each(?3))
    )
  ORDER BY id LIMIT ?4
),
begun AS (
  SELECT
    *,
    coalesce(time - lag(time) OVER (PARTITION BY day, person, whose ORDER BY time) > iif(session IS NULL, ?5, 86400), 1) AS begins
  FROM uses
),
-- Sessions are counted in the order of whose they are, so that a count is of one day, one person and one session or agent.
counted AS (SELECT *, sum(begins) OVER (ORDER BY day, person, whose, time) AS place FROM begun),
ranked AS (
  SELECT
    place, day, person, session, tool_key, min(time) AS time,
    row_number() OVER (PARTITION BY place ORDER BY min(time), tool_key) AS tool_place
  FROM counted
  GROUP BY place, day, person, session, tool_key
),
-- A session's tools are taken apart again: a join with itself would look for each session among all.
used AS MATERIALIZED (
  SELECT day, person, session, json_group_array(json_array(tool_key, time)) AS tools
  FROM ranked
  WHERE tool_place <= ?6
  GROUP BY place, day, person, session
  HAVING count(*) > 1
),
posted AS MATERIALIZED (
  SELECT id, id >> 40 AS day, person, session, hour * 3600 AS time, tools
  FROM sessions
  WHERE id >= CAST(?8 AS INTEGER) << 40 AND id < CAST(?9 AS INTEGER) << 40 AND NOT test AND tools IS NOT NULL
  ORDER BY id LIMIT ?10
),
-- What events of the same session tell, or of one that has no number, is not told again.
posted_beside AS (
  SELECT posted.day, posted.person, posted.time, posted.tools, json_group_array(used.tools) AS told
  FROM posted
  LEFT JOIN used
    ON used.day = posted.day AND used.person = posted.person AND coalesce(used.session, posted.session) = posted.session
  GROUP BY posted.id
),
pairs AS (
  SELECT
    day, one.value ->> 0 AS tool, other.value ->> 0 AS later, other.value ->> 1 > one.value ->> 1 AS ordered, person,
    one.value ->> 1 AS first, other.value ->> 1 AS last
  FROM used CROSS JOIN json_each(used.tools) AS one CROSS JOIN json_each(used.tools) AS other
  WHERE (other.value ->> 1, other.value ->> 0) > (one.value ->> 1, one.value ->> 0)
  UNION ALL
  SELECT day, one.value, other.value, 0, person, time, time
  FROM posted_beside CROSS JOIN json_each(posted_beside.tools) AS one CROSS JOIN json_each(posted_beside.tools) AS other
  WHERE other.value > one.value
    AND NOT EXISTS (
      SELECT 1
      FROM json_each(posted_beside.told) AS told
      WHERE instr(told.value, json_quote(one.value)) AND instr(told.value, json_quote(other.value))
    )
),
summed AS (
  SELECT
    day, tool, later, ordered, count(*) AS sessions, json_group_array(DISTINCT person) AS people, min(first) AS first,
    max(last) AS last
  FROM pairs
  GROUP BY day, tool, later, ordered
)
SELECT json_group_array(json_array(day, tool, later, ordered, sessions, json(people), first, last)) AS pairs
FROM (SELECT *, row_number() OVER (PARTITION BY day ORDER BY sessions DESC, tool, later, ordered) AS place FROM summed)
WHERE place <= ?7
