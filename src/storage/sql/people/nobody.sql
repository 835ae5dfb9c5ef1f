-- Which of these numbers belong to nobody: a row read for each person. ?1: numbers as JSON.
SELECT json_group_array(value) AS numbers FROM json_each(?1) WHERE value NOT IN (SELECT number FROM people)
