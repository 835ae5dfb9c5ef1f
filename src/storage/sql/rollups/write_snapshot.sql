-- Put a snapshot in place, unless the rollups have changed. ?1: the window that it is made for, in days. ?2: its first hour,
-- ?3: the hour that it has come to, ?4: the hour that it is to come to. ?5: its tallies. ?6: the revision that it is of.
INSERT INTO snapshots (days, first, last, until, tallies)
SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT revision FROM rollup_state) = ?6
ON CONFLICT (days, first) DO UPDATE SET last = excluded.last, until = excluded.until, tallies = excluded.tallies
