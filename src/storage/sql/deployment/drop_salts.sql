-- Forget the salts of days gone by. ?1: the name of the earliest that is still needed.
DELETE FROM settings WHERE name >= 'salt-' AND name < ?1
