-- Promise an erasure: what happened before a moment and has not arrived yet is not taken in. ?1: mark. ?2: user_id_hash. ?3:
-- the moment, ?4: until when to keep the promise, in epoch seconds.
INSERT INTO erasures (mark, person, before, until)
SELECT ?1, coalesce(max(number), 0), ?3, ?4 FROM people WHERE user_id_hash = ?2
ON CONFLICT (mark, person) DO UPDATE SET before = excluded.before, until = excluded.until
