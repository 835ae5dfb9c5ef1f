-- Who had a plugin loaded since a day, as JSON: those who had before another day, and those who had from it on. ?1: the first
-- day. ?2: the other.
SELECT
  coalesce(json_group_array(DISTINCT CAST(person.key AS INTEGER)) FILTER (WHERE day < ?2), '[]') AS gone,
  coalesce(json_group_array(DISTINCT CAST(person.key AS INTEGER)) FILTER (WHERE day >= ?2), '[]') AS there
FROM plugin_days
CROSS JOIN json_each(plugin_days.plugins) AS plugin
CROSS JOIN json_each(plugin.value) AS person
WHERE day >= ?1
