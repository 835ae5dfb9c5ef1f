-- What the statements share, each once: the moment of an event, whether it stands in the error report, the dimensions it is
-- counted by, and what the rollups take in of it. A view costs nothing: what a statement does not use is not worked out.
CREATE VIEW events AS
SELECT
  *,
  1577836800 + (id >> 40) * 300 + second AS time,
  status IN ('error', 'timeout') AS failed,
  -- A filter agrees with these if patching them with it changes nothing.
  json_object(
    'tool', tool_name, 'category', tool_category, 'agent', agent_id, 'version', coalesce(tool_version, 'unknown'),
    'trigger', trigger, 'os', coalesce(os, 'unknown'), 'source', source, 'runtime', coalesce(runtime, 'unknown'),
    'test', test
  ) AS dimensions,
  json_array(
    CAST(id AS TEXT), second, person, tool_name, tool_category, status, duration_ms, trigger, agent_id, tool_version, os,
    source, runtime, error_type
  ) AS fact
FROM skill_usage_events;

UPDATE settings SET value = '0002_events_view' WHERE name = 'schema';
