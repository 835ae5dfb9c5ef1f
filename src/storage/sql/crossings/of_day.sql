-- The hours of tools, and of what they are crossed with, in the rows of a day. ?1: its first hour.
SELECT json_object('tools', json(hours -> '$.tool'), 'crossings', json(coalesce(hours -> '$.cross', '{}'))) AS hours
FROM rollups
WHERE start >= ?1 AND start < ?1 + 24 AND hours -> '$.tool' IS NOT NULL
