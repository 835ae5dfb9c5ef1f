-- Whether any migration was applied: a database that answers may have no table at all.
SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'settings'
