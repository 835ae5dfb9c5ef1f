-- Who had each plugin loaded on any of some days: their numbers as JSON. ?1: the first day. ?2: the day to stop before.
SELECT plugin.key AS plugin, json_group_array(DISTINCT CAST(person.key AS INTEGER)) AS people
FROM plugin_days
CROSS JOIN json_each(plugin_days.plugins) AS plugin
CROSS JOIN json_each(plugin.value) AS person
WHERE day >= ?1 AND day < ?2
GROUP BY plugin.key
