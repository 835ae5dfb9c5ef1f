-- A setting that was made here. ?1: name.
SELECT value FROM settings WHERE name = ?1
