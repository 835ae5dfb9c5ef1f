-- Keep this pepper unless there is one. ?1: hex digits.
INSERT INTO settings (name, value) VALUES ('pepper', ?1) ON CONFLICT DO NOTHING
