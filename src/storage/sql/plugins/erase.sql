-- Take somebody out of every day. ?1: number.
UPDATE plugin_days
SET plugins = json_patch(
  plugins, (SELECT json_group_object(key, json_object(CAST(CAST(?1 AS INTEGER) AS TEXT), NULL)) FROM json_each(plugins))
)
WHERE block = CAST(?1 AS INTEGER) / 256 AND instr(plugins, '"' || CAST(?1 AS INTEGER) || '":')
