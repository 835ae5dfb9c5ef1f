-- Counts straight from the events of a window, for questions that no rollup answers: a row read per event, and one more to
-- sort it. ?1: what to slice by: tool, category, agent, version, trigger, os, source, runtime, error, time. ?2: first key,
-- as text. ?3: days to slice by the hour, as ?4 of series.sql. ?4: filters as JSON.
SELECT
  slice, status, trigger, tool_category, bucket, count(*) AS events, sum(duration_ms) AS duration_ms, min(time) AS first,
  max(time) AS last
FROM (
  SELECT
    CASE ?1
      WHEN 'tool' THEN tool_name
      WHEN 'category' THEN tool_category
      WHEN 'agent' THEN agent_id
      WHEN 'version' THEN coalesce(tool_version, 'unknown')
      WHEN 'trigger' THEN trigger
      WHEN 'os' THEN coalesce(os, 'unknown')
      WHEN 'source' THEN source
      WHEN 'runtime' THEN coalesce(runtime, 'unknown')
      WHEN 'error' THEN json_array(tool_name, error_type)
      ELSE CASE WHEN ?3 = 'all' OR instr(?3, ',' || (time / 86400) || ',') THEN time / 3600 * 3600 ELSE time / 86400 * 86400 END
    END AS slice,
    status, trigger, tool_category, duration_ms, time,
    CAST(CASE WHEN duration_ms > 0 THEN CAST(5 * log2(duration_ms) AS INTEGER) + 1 ELSE duration_ms END AS TEXT) AS bucket
  FROM (
    SELECT *, 1577836800 + (id >> 40) * 300 + second AS time FROM skill_usage_events
    WHERE id >= CAST(?2 AS INTEGER)
  )
  WHERE (?4 ->> 'include_test' OR test = 0)
    AND coalesce(tool_name = ?4 ->> 'tool', true)
    AND coalesce(tool_category = ?4 ->> 'category', true)
    AND coalesce(agent_id = ?4 ->> 'agent', true)
    AND coalesce(trigger = ?4 ->> 'trigger', true)
    AND coalesce(coalesce(tool_version, 'unknown') = ?4 ->> 'version', true)
    AND (?1 <> 'error' OR status IN ('error', 'timeout'))
)
GROUP BY slice, status, trigger, tool_category, bucket
