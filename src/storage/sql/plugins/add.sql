-- Add people to those who had plugins loaded on a day. An erasure forbids what was before it. ?1: people as JSON, with the
-- keys of their plugins. ?2: the characters from which on a row takes in nothing more.
INSERT INTO plugin_days (day, block, plugins)
SELECT
  new.value ->> 'day', people.number / 256,
  (
    SELECT json_group_object(plugin.value, json_object(CAST(people.number AS TEXT), 1))
    FROM json_each(new.value -> 'plugins') AS plugin
  )
FROM json_each(?1) AS new
CROSS JOIN people ON people.user_id_hash = new.value ->> 'user_id_hash'
WHERE NOT EXISTS (
  SELECT 1 FROM erasures WHERE mark = new.value ->> 'mark' AND new.value ->> 'time' < before
)
ON CONFLICT (day, block) DO UPDATE SET plugins = json_patch(plugins, excluded.plugins)
WHERE json_patch(plugins, excluded.plugins) <> plugins AND length(plugins) < ?2
