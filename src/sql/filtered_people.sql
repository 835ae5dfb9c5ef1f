-- The people behind filtered_tallies.sql, whose parameters these are.
SELECT slice, json_group_array(DISTINCT person) AS people
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
    person
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
GROUP BY slice
