-- Take what sessions count as out of the sums. ?1: keys as JSON text.
UPDATE sessions
SET person = 0, posted = '{}', details = '{}', tools = NULL, used_tokens = '{}', used_costs = '{}'
WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1))
