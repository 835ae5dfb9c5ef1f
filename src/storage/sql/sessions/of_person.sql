-- The keys of a person's sessions as JSON text: of the days whose sums know them. ?1: number. ?2: how many.
SELECT json_group_array(CAST(id AS TEXT)) AS keys
FROM (
  SELECT sessions.id
  FROM session_days AS there
  CROSS JOIN sessions ON sessions.id >= there.day << 40 AND sessions.id < (there.day + 1) << 40
  WHERE sessions.test = there.test AND sessions.person = ?1
    AND (
      json_type(there.total, '$."person|' || CAST(?1 AS INTEGER) || '"') IS NOT NULL
      OR json_type(there.total, '$."person|(other)"') IS NOT NULL
    )
  LIMIT ?2
)
