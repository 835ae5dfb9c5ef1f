-- The pepper that was made here.
SELECT value FROM settings WHERE name = 'pepper'
