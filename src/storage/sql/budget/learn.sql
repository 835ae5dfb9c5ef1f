-- Know these tools from now on. ?1: [[category, name], …] as JSON.
INSERT INTO known_tools (tool_category, tool_name)
SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true
ON CONFLICT DO NOTHING
