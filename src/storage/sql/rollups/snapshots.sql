-- The snapshots that there are, and how far each has come.
SELECT days, first, last, until FROM snapshots
