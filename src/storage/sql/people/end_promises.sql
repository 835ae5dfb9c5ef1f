-- What is still on its way has arrived by now. ?1: now, in epoch seconds.
DELETE FROM erasures WHERE until < ?1 AND person = 0
