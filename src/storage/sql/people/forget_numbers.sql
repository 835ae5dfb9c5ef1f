-- Cut the tie of these numbers to a hash: a row read for each person. ?1: numbers as JSON.
DELETE FROM people WHERE number IN (SELECT value FROM json_each(?1))
