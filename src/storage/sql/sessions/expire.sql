-- Delete sessions that began before an hour; what they count stays. ?1: the hour. ?2: how many at most.
DELETE FROM sessions
WHERE id IN (
  SELECT id FROM sessions WHERE id < (CAST(?1 AS INTEGER) / 24 + 1) << 40 AND hour < ?1 ORDER BY id LIMIT ?2
)
