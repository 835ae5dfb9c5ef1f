-- A snapshot that is complete takes the place of the earlier ones. ?1: the window, in days. ?2: its first hour.
DELETE FROM snapshots
WHERE days = ?1 AND first < ?2
  AND EXISTS (SELECT 1 FROM snapshots AS new WHERE new.days = ?1 AND new.first = ?2 AND new.last = new.until)
