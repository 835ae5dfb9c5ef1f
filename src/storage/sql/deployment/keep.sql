-- Keep a setting unless there is one. ?1: name. ?2: value.
INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING
