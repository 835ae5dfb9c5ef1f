-- What a snapshot holds. ?1: the window that it is made for, in days. ?2: its first hour.
SELECT tallies FROM snapshots WHERE days = ?1 AND first = ?2
