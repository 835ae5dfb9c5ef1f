-- Somebody whose events are still to be erased.
SELECT mark, person FROM erasures WHERE person > 0 LIMIT 1
