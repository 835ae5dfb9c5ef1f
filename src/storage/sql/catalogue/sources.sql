-- What every source ships.
SELECT source, version, pushed, items FROM catalogue ORDER BY source
