-- The last key of a page of page.sql, whose ?1 and ?3 these are as ?1 and ?2.
SELECT CAST(max(id) AS TEXT) AS last, count(*) AS keys
FROM (SELECT id FROM skill_usage_events WHERE id > CAST(?1 AS INTEGER) ORDER BY id LIMIT ?2)
