-- Nothing of somebody is left to erase. ?1: mark. ?2: whose events these were.
DELETE FROM erasures WHERE mark = ?1 AND person = ?2
