-- A source ships nothing any more. ?1: source.
DELETE FROM catalogue WHERE source = ?1
