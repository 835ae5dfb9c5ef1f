-- Which of these numbers belong to nobody. ?1: numbers as JSON.
SELECT json_group_array(people.number) AS numbers
FROM json_each(?1) AS asked CROSS JOIN people ON people.number = asked.value
WHERE people.user_id_hash IS NULL
