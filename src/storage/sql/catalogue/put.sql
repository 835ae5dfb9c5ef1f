-- What a source ships, in place of what it shipped. ?1: source. ?2: its version, "" for none. ?3: now, in epoch seconds. ?4: items
-- as JSON. ?5: how many sources there may be. Returns a row unless there are as many already.
INSERT INTO catalogue (source, version, pushed, items)
SELECT ?1, nullif(?2, ''), ?3, ?4
WHERE (SELECT count(*) FROM catalogue WHERE source <> ?1) < ?5
ON CONFLICT (source) DO UPDATE SET version = excluded.version, pushed = excluded.pushed, items = excluded.items
RETURNING 1
