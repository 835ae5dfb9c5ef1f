-- Keep an erasure in mind, of whose events nothing is left. ?1: mark. ?2: whose events these were.
INSERT INTO erasures (mark, person, before, until)
SELECT mark, 0, before, until FROM erasures WHERE mark = ?1 AND person = ?2
ON CONFLICT (mark, person) DO UPDATE SET before = excluded.before, until = excluded.until
