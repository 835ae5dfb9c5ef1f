-- The last key of a page of page.sql, whose ?1, ?3 and ?4 these are as ?1 to ?3.
SELECT CAST(max(id) AS TEXT) AS last, count(*) AS keys
FROM (
  SELECT id FROM skill_usage_events WHERE id > CAST(?1 AS INTEGER) AND id < CAST(?3 AS INTEGER) ORDER BY id LIMIT ?2
)
