-- Which of these were never seen, as JSON, and how many new ones the hour has had. ?1: the hour since 1970.
-- ?2: [[category, name], …] as JSON. ?3: user_id_hashes as JSON.
SELECT
  (
    SELECT json_group_array(json(asked.value)) FROM json_each(?2) AS asked
    WHERE NOT EXISTS (
      SELECT 1 FROM known_tools WHERE tool_category = asked.value ->> 0 AND tool_name = asked.value ->> 1
    )
  ) AS tools,
  (
    SELECT json_group_array(asked.value) FROM json_each(?3) AS asked
    WHERE NOT EXISTS (SELECT 1 FROM people WHERE user_id_hash = asked.value)
  ) AS people,
  iif(hour = ?1, taken_in.tools, 0) AS tools_taken,
  iif(hour = ?1, taken_in.people, 0) AS people_taken
FROM taken_in
