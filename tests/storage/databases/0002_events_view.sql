BEGIN TRANSACTION;
CREATE TABLE late_events (
  number INTEGER PRIMARY KEY,
  event_id INTEGER NOT NULL
);
INSERT INTO "late_events" VALUES(1,776853343535366244);
CREATE TABLE people (
  number INTEGER PRIMARY KEY,
  user_id_hash TEXT UNIQUE
);
INSERT INTO "people" VALUES(1,'00000000000000000000000000000000');
INSERT INTO "people" VALUES(2,'00000000000000000000000000000001');
INSERT INTO "people" VALUES(3,'00000000000000000000000000000002');
INSERT INTO "people" VALUES(4,'00000000000000000000000000000003');
INSERT INTO "people" VALUES(5,'00000000000000000000000000000004');
INSERT INTO "people" VALUES(6,'00000000000000000000000000000005');
INSERT INTO "people" VALUES(7,'00000000000000000000000000000006');
INSERT INTO "people" VALUES(8,'00000000000000000000000000000007');
INSERT INTO "people" VALUES(9,'00000000000000000000000000000008');
INSERT INTO "people" VALUES(10,'00000000000000000000000000000009');
INSERT INTO "people" VALUES(11,'0000000000000000000000000000000a');
INSERT INTO "people" VALUES(12,'0000000000000000000000000000000b');
INSERT INTO "people" VALUES(13,'0000000000000000000000000000000c');
INSERT INTO "people" VALUES(14,'0000000000000000000000000000000d');
INSERT INTO "people" VALUES(15,'0000000000000000000000000000000e');
INSERT INTO "people" VALUES(16,'0000000000000000000000000000000f');
INSERT INTO "people" VALUES(17,'00000000000000000000000000000010');
INSERT INTO "people" VALUES(18,'00000000000000000000000000000011');
INSERT INTO "people" VALUES(19,'00000000000000000000000000000012');
INSERT INTO "people" VALUES(20,'00000000000000000000000000000013');
INSERT INTO "people" VALUES(21,'00000000000000000000000000000014');
INSERT INTO "people" VALUES(22,'00000000000000000000000000000015');
INSERT INTO "people" VALUES(23,'00000000000000000000000000000016');
INSERT INTO "people" VALUES(24,'00000000000000000000000000000017');
INSERT INTO "people" VALUES(25,'00000000000000000000000000000018');
INSERT INTO "people" VALUES(26,'00000000000000000000000000000019');
INSERT INTO "people" VALUES(27,'0000000000000000000000000000001a');
INSERT INTO "people" VALUES(28,'0000000000000000000000000000001b');
INSERT INTO "people" VALUES(29,'0000000000000000000000000000001c');
INSERT INTO "people" VALUES(30,'0000000000000000000000000000001d');
INSERT INTO "people" VALUES(31,'0000000000000000000000000000001e');
INSERT INTO "people" VALUES(32,'0000000000000000000000000000001f');
INSERT INTO "people" VALUES(33,'00000000000000000000000000000020');
INSERT INTO "people" VALUES(34,'00000000000000000000000000000021');
INSERT INTO "people" VALUES(35,'00000000000000000000000000000022');
INSERT INTO "people" VALUES(36,'00000000000000000000000000000023');
INSERT INTO "people" VALUES(37,'00000000000000000000000000000024');
INSERT INTO "people" VALUES(38,'00000000000000000000000000000025');
INSERT INTO "people" VALUES(39,'00000000000000000000000000000026');
INSERT INTO "people" VALUES(40,'00000000000000000000000000000027');
INSERT INTO "people" VALUES(41,'00000000000000000000000000000064');
INSERT INTO "people" VALUES(42,'00000000000000000000000000000065');
CREATE TABLE rollup_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,
  rolled_id INTEGER NOT NULL,
  claimed_id INTEGER NOT NULL,
  rolled_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL
);
INSERT INTO "rollup_state" VALUES(1,2,777585618279464959,777585618279464959,1790000000,1790035560);
CREATE TABLE rollups (
  dimension TEXT NOT NULL,
  day INTEGER NOT NULL,
  tool_name TEXT NOT NULL,
  totals TEXT NOT NULL,
  hours TEXT NOT NULL,
  latest_errors TEXT NOT NULL,
  PRIMARY KEY (dimension, day, tool_name)
) WITHOUT ROWID;
INSERT INTO "rollups" VALUES('agent',20715,'','{"c":{"s":{"success":5},"p":"1f000000000"}}','"eAGrVjK0ULKqVkoGEcVgojQ5ObUYyDSs1VEqULKKNjGIrQUyjQwIqDO2hKgzJKTOAqLOiJA6c4g6Y0LqzIDqagETxTso"','[]');
INSERT INTO "rollups" VALUES('agent',20716,'','{"c":{"s":{"success":22},"p":"fffffc000"}}','"eAGF0bEOgyAUheF3uXMHQVutr9J0It2bGCfDuxfugaQu/gyE4Rv+cA4bbD0s1Wvza0/ps5VnyDf72voa7+9cnuGa2TS0Y1VH0PGkR9DhpCfQy3/IA3DP9uoZcK92vADu0Y6fgFuz2wCL9K8Wpl1aszDN0pqFaRU1y9Im+mZZmkTFsrSIgmVpEO8VpTk812mkMbxWlKbwWFEaorZK0go1tcj8A/CBCCo="','[]');
INSERT INTO "rollups" VALUES('agent',20717,'','{"c":{"s":{"success":12},"p":"3ffc"}}','{"0":{"c":{"s":{"success":1},"p":"2000"}},"2":{"c":{"s":{"success":1},"p":"1000"}},"3":{"c":{"s":{"success":1},"p":"800"}},"4":{"c":{"s":{"success":1},"p":"400"}},"5":{"c":{"s":{"success":1},"p":"200"}},"6":{"c":{"s":{"success":1},"p":"100"}},"7":{"c":{"s":{"success":1},"p":"80"}},"8":{"c":{"s":{"success":1},"p":"40"}},"9":{"c":{"s":{"success":1},"p":"20"}},"10":{"c":{"s":{"success":1},"p":"10"}},"12":{"c":{"s":{"success":1},"p":"8"}},"13":{"c":{"s":{"success":1},"p":"4"}}}','[]');
INSERT INTO "rollups" VALUES('all',20715,'','{"":{"s":{"success":5},"p":"1f000000000"}}','"eAGrVjK0ULKqVgLhYjBRmpycWgxkGtbqKBUoWUWbGMTWAplGBviVGVtClBkSUGYBUWZEQJk5RJkxAWVmQGW1AL5oOTk="','[]');
INSERT INTO "rollups" VALUES('all',20716,'','{"":{"s":{"success":22},"p":"fffffc000"}}','"eAGF0bEKhDAQhOF32drCRO/0fJXDSq4/ECvJu5vMJKDNjqBYfMXPzmm9LaeVd8fn2Lbfnn9D6uxvy3d4rSn/BlfZ2NfHCo4+jg88+Dg88Ojj+V7x9m1LRvHk21YMO/u2BcN+fFt7QYM/RDsxrZij9tKKNWovrRiDvaRiCp6XVCzBWlIxBGNJxQ5opRQrIBUyig1QSikWQCiluH/pJBTHL5kZpgvF+f+Z"','[]');
INSERT INTO "rollups" VALUES('all',20717,'','{"":{"s":{"success":12},"p":"3ffc"}}','{"0":{"":{"s":{"success":1},"p":"2000"}},"2":{"":{"s":{"success":1},"p":"1000"}},"3":{"":{"s":{"success":1},"p":"800"}},"4":{"":{"s":{"success":1},"p":"400"}},"5":{"":{"s":{"success":1},"p":"200"}},"6":{"":{"s":{"success":1},"p":"100"}},"7":{"":{"s":{"success":1},"p":"80"}},"8":{"":{"s":{"success":1},"p":"40"}},"9":{"":{"s":{"success":1},"p":"20"}},"10":{"":{"s":{"success":1},"p":"10"}},"12":{"":{"s":{"success":1},"p":"8"}},"13":{"":{"s":{"success":1},"p":"4"}}}','[]');
INSERT INTO "rollups" VALUES('category',20715,'','{"b":{"s":{"success":5},"p":"1f000000000"}}','"eAGrVjK0ULKqVkoCEcVgojQ5ObUYyDSs1VEqULKKNjGIrQUyjQwIqDO2hKgzJKTOAqLOiJA6c4g6Y0LqzIDqagERkDsj"','[]');
INSERT INTO "rollups" VALUES('category',20716,'','{"b":{"s":{"success":22},"p":"fffffc000"}}','"eAGF0bEOgyAUheF3uXMHQdtaX8W41HRvYjoZ3r1wDyS6+DMQhm/4w9mts2m3d7k2v37r+tnyM6SbfW2a+/uS8jNcMxu6eqzoCDqedA86nPQAejyGPAC3bK9+Am7VjkfALdrxC3BtdhtgkfbVwrRLbRamWWqzMK2iZlnaRN8sS5OoWJYWUbAsDeK9ojSH5zqNNIbXitIUHitKQ5RWSVqhpGaZ/sXuCBQ="','[]');
INSERT INTO "rollups" VALUES('category',20717,'','{"b":{"s":{"success":12},"p":"3ffc"}}','{"0":{"b":{"s":{"success":1},"p":"2000"}},"2":{"b":{"s":{"success":1},"p":"1000"}},"3":{"b":{"s":{"success":1},"p":"800"}},"4":{"b":{"s":{"success":1},"p":"400"}},"5":{"b":{"s":{"success":1},"p":"200"}},"6":{"b":{"s":{"success":1},"p":"100"}},"7":{"b":{"s":{"success":1},"p":"80"}},"8":{"b":{"s":{"success":1},"p":"40"}},"9":{"b":{"s":{"success":1},"p":"20"}},"10":{"b":{"s":{"success":1},"p":"10"}},"12":{"b":{"s":{"success":1},"p":"8"}},"13":{"b":{"s":{"success":1},"p":"4"}}}','[]');
INSERT INTO "rollups" VALUES('os',20715,'','{"unknown":{"s":{"success":5},"p":"1f000000000"}}','"eAGrVjK0ULKqVirNy87LL88DMYvBRGlycmoxkGlYq6NUoGQVbWIQWwtkGhkQpdrYEqLakDjVFhDVRsSpNoeoNiZOtRlQdS0AwkhIiQ=="','[]');
INSERT INTO "rollups" VALUES('os',20716,'','{"unknown":{"s":{"success":22},"p":"fffffc000"}}','"eAGNkcEKwjAQBf9lzx6atGrtr4in4kmIQikeSv/dZF8C9jY5LHvYgQyzWWfTZmt6pfc3lXXxsc7zc8lr2E/2senenx97XgM5tqGrzwoTERMPTI+YcGAGxIz/X7sgpOm4zRUhzcaRESFNxpEbQqqLEwF1bGmEsJrVRQiLWV2EsJZyEcFKKosIFlImIlhHiYhgGd1DAIvoGg5EltAtBLCALiGA5SsOumftikK+339ymkMI"','[]');
INSERT INTO "rollups" VALUES('os',20717,'','{"unknown":{"s":{"success":12},"p":"3ffc"}}','{"0":{"unknown":{"s":{"success":1},"p":"2000"}},"2":{"unknown":{"s":{"success":1},"p":"1000"}},"3":{"unknown":{"s":{"success":1},"p":"800"}},"4":{"unknown":{"s":{"success":1},"p":"400"}},"5":{"unknown":{"s":{"success":1},"p":"200"}},"6":{"unknown":{"s":{"success":1},"p":"100"}},"7":{"unknown":{"s":{"success":1},"p":"80"}},"8":{"unknown":{"s":{"success":1},"p":"40"}},"9":{"unknown":{"s":{"success":1},"p":"20"}},"10":{"unknown":{"s":{"success":1},"p":"10"}},"12":{"unknown":{"s":{"success":1},"p":"8"}},"13":{"unknown":{"s":{"success":1},"p":"4"}}}','[]');
INSERT INTO "rollups" VALUES('runtime',20715,'','{"unknown":{"s":{"success":5},"p":"1f000000000"}}','"eAGrVjK0ULKqVirNy87LL88DMYvBRGlycmoxkGlYq6NUoGQVbWIQWwtkGhkQpdrYEqLakDjVFhDVRsSpNoeoNiZOtRlQdS0AwkhIiQ=="','[]');
INSERT INTO "rollups" VALUES('runtime',20716,'','{"unknown":{"s":{"success":22},"p":"fffffc000"}}','"eAGNkcEKwjAQBf9lzx6atGrtr4in4kmIQikeSv/dZF8C9jY5LHvYgQyzWWfTZmt6pfc3lXXxsc7zc8lr2E/2senenx97XgM5tqGrzwoTERMPTI+YcGAGxIz/X7sgpOm4zRUhzcaRESFNxpEbQqqLEwF1bGmEsJrVRQiLWV2EsJZyEcFKKosIFlImIlhHiYhgGd1DAIvoGg5EltAtBLCALiGA5SsOumftikK+339ymkMI"','[]');
INSERT INTO "rollups" VALUES('runtime',20717,'','{"unknown":{"s":{"success":12},"p":"3ffc"}}','{"0":{"unknown":{"s":{"success":1},"p":"2000"}},"2":{"unknown":{"s":{"success":1},"p":"1000"}},"3":{"unknown":{"s":{"success":1},"p":"800"}},"4":{"unknown":{"s":{"success":1},"p":"400"}},"5":{"unknown":{"s":{"success":1},"p":"200"}},"6":{"unknown":{"s":{"success":1},"p":"100"}},"7":{"unknown":{"s":{"success":1},"p":"80"}},"8":{"unknown":{"s":{"success":1},"p":"40"}},"9":{"unknown":{"s":{"success":1},"p":"20"}},"10":{"unknown":{"s":{"success":1},"p":"10"}},"12":{"unknown":{"s":{"success":1},"p":"8"}},"13":{"unknown":{"s":{"success":1},"p":"4"}}}','[]');
INSERT INTO "rollups" VALUES('source',20715,'','{"api":{"s":{"success":5},"p":"1f000000000"}}','"eAGrVjK0ULKqVkosyARRxWCiNDk5tRjINKzVUSpQsoo2MYitBTKNDAiqNLaEqDQkrNICotKIsEpziEpjwirNgCprAQJ3P1s="','[]');
INSERT INTO "rollups" VALUES('source',20716,'','{"api":{"s":{"success":22},"p":"fffffc000"}}','"eAGF0TEOgzAQRNG7bJ0CG0IIV4lSIJSCDgmlQr577B1bCtWnMC5e8eU5rbP5tGXfyu/w47uunyNfQ7rZbvOrv79TvgaCNnT1s+Ij+njxPfpw8QP66T9nRN7yvf6BvNU7n5C3eOdP5LXddcCN2tOL81K1XZyHqu3ivJPapXklPbs0j6Ryad5I4dI8kXcL80Ce7TjyPF4tzON4tDBPU5pleZeSnG36AWqmGqQ="','[]');
INSERT INTO "rollups" VALUES('source',20717,'','{"api":{"s":{"success":12},"p":"3ffc"}}','{"0":{"api":{"s":{"success":1},"p":"2000"}},"2":{"api":{"s":{"success":1},"p":"1000"}},"3":{"api":{"s":{"success":1},"p":"800"}},"4":{"api":{"s":{"success":1},"p":"400"}},"5":{"api":{"s":{"success":1},"p":"200"}},"6":{"api":{"s":{"success":1},"p":"100"}},"7":{"api":{"s":{"success":1},"p":"80"}},"8":{"api":{"s":{"success":1},"p":"40"}},"9":{"api":{"s":{"success":1},"p":"20"}},"10":{"api":{"s":{"success":1},"p":"10"}},"12":{"api":{"s":{"success":1},"p":"8"}},"13":{"api":{"s":{"success":1},"p":"4"}}}','[]');
INSERT INTO "rollups" VALUES('tool',20715,'a','{"":{"s":{"success":5},"t":{"user":5},"c":{"b":5},"p":"1f000000000","f":1789844000,"l":1789860000}}','"eAGd0LEOhCAMgOF36cxQELX6KsZFopPD5Tgn03c/WpcyykDTn4Rv4AZPMN8gJ+u4UtpzWT07+MnNlffvk0lye/YPzEvE1cFReqSJYkREB6dNLkZAeaW0jhd+N1mfal9Sfd/uk/H7UPma6od2f7T+UPuS6nft/mB88cz/azLzH/r5fls="','[]');
INSERT INTO "rollups" VALUES('tool',20716,'a','{"":{"s":{"success":22},"t":{"user":22},"c":{"b":22},"p":"fffffc000","f":1789864000,"l":1789948000}}','"eAGdlMFugzAQRP/FZw62oYDzK1UvRekph6o0p4h/LzOOYVbqIVqkIMZS/OJ9GR4hhssj4LPydl+W67o/pq0Lv1i5r9efGhfEz/r8HS7v/dtHF772PM1lHocYYxduGrd9j4QvcWfeXt8+YENeQSjzviIURFCym5IrI0ahTFg8KYyg9G5K+o8yWgoiKIObgmngkqNw6TwKIyCjG9K0KMS6nxEBmdyQZkUh+O1yEkRAZjekSRFIseYZASluCCdulBTrnRGM5G5iq8p5kLIPR6ZVIyH+Pj6dKMR4L7F5T/46Pp0oxHgvsXlP/jZWJ8JIRnth5LT8XcQsVHtJRnuNZPirWI3IObhwdIT/XnYk+ZtYhSjDSs+HdH8R6UMRVnk+lPtrSB2C6K1xRtjI/hJy+Iqwwvv2fs/+ClKGIHiq0zcjT+EvIGatBOwpBEQS/O3DFkqwsocqe/sD+l8v8Q=="','[]');
INSERT INTO "rollups" VALUES('tool',20717,'a','{"":{"s":{"success":12},"t":{"user":12},"c":{"b":12},"p":"3ffc","f":1789952000,"l":1789996000}}','{"0":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"2000","f":1789952000,"l":1789952000}},"2":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"1000","f":1789956000,"l":1789956000}},"3":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"800","f":1789960000,"l":1789960000}},"4":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"400","f":1789964000,"l":1789964000}},"5":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"200","f":1789968000,"l":1789968000}},"6":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"100","f":1789972000,"l":1789972000}},"7":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"80","f":1789976000,"l":1789976000}},"8":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"40","f":1789980000,"l":1789980000}},"9":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"20","f":1789984000,"l":1789984000}},"10":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"10","f":1789988000,"l":1789988000}},"12":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"8","f":1789992000,"l":1789992000}},"13":{"":{"s":{"success":1},"t":{"user":1},"c":{"b":1},"p":"4","f":1789996000,"l":1789996000}}}','[]');
INSERT INTO "rollups" VALUES('trigger',20715,'','{"user":{"s":{"success":5},"p":"1f000000000"}}','"eAGrVjK0ULKqViotTi0C0cVgojQ5ObUYyDSs1VEqULKKNjGIrQUyjQwIKzW2hCg1JEKpBUSpERFKzSFKjYlQagZUWgsAxgFB9A=="','[]');
INSERT INTO "rollups" VALUES('trigger',20716,'','{"user":{"s":{"success":22},"p":"fffffc000"}}','"eAGNkTEOgzAQBP9ydQpsICF8JUqF6KNYVMh/j71rS6G6dYFdzElzzGmDracdaf/WO+FzbNueyjPkm31sfY3zO5dncEmbhnasDkR/IF4GRn8gXAYmf2D5N7r7fF8BGzx8vm8AfvH5vgD4p883f+DBj9UTkBeSNX/yQrHmT14IRn/iQi7+fuJCLdoTF2JRnrjQCu6khVJQBx2FTjAnLVSCOGmhUfUmLASq2gXOP+DbJhI="','[]');
INSERT INTO "rollups" VALUES('trigger',20717,'','{"user":{"s":{"success":12},"p":"3ffc"}}','{"0":{"user":{"s":{"success":1},"p":"2000"}},"2":{"user":{"s":{"success":1},"p":"1000"}},"3":{"user":{"s":{"success":1},"p":"800"}},"4":{"user":{"s":{"success":1},"p":"400"}},"5":{"user":{"s":{"success":1},"p":"200"}},"6":{"user":{"s":{"success":1},"p":"100"}},"7":{"user":{"s":{"success":1},"p":"80"}},"8":{"user":{"s":{"success":1},"p":"40"}},"9":{"user":{"s":{"success":1},"p":"20"}},"10":{"user":{"s":{"success":1},"p":"10"}},"12":{"user":{"s":{"success":1},"p":"8"}},"13":{"user":{"s":{"success":1},"p":"4"}}}','[]');
INSERT INTO "rollups" VALUES('version',20715,'','{"unknown":{"s":{"success":5},"p":"1f000000000"}}','"eAGrVjK0ULKqVirNy87LL88DMYvBRGlycmoxkGlYq6NUoGQVbWIQWwtkGhkQpdrYEqLakDjVFhDVRsSpNoeoNiZOtRlQdS0AwkhIiQ=="','[]');
INSERT INTO "rollups" VALUES('version',20716,'','{"unknown":{"s":{"success":22},"p":"fffffc000"}}','"eAGNkcEKwjAQBf9lzx6atGrtr4in4kmIQikeSv/dZF8C9jY5LHvYgQyzWWfTZmt6pfc3lXXxsc7zc8lr2E/2senenx97XgM5tqGrzwoTERMPTI+YcGAGxIz/X7sgpOm4zRUhzcaRESFNxpEbQqqLEwF1bGmEsJrVRQiLWV2EsJZyEcFKKosIFlImIlhHiYhgGd1DAIvoGg5EltAtBLCALiGA5SsOumftikK+339ymkMI"','[]');
INSERT INTO "rollups" VALUES('version',20717,'','{"unknown":{"s":{"success":12},"p":"3ffc"}}','{"0":{"unknown":{"s":{"success":1},"p":"2000"}},"2":{"unknown":{"s":{"success":1},"p":"1000"}},"3":{"unknown":{"s":{"success":1},"p":"800"}},"4":{"unknown":{"s":{"success":1},"p":"400"}},"5":{"unknown":{"s":{"success":1},"p":"200"}},"6":{"unknown":{"s":{"success":1},"p":"100"}},"7":{"unknown":{"s":{"success":1},"p":"80"}},"8":{"unknown":{"s":{"success":1},"p":"40"}},"9":{"unknown":{"s":{"success":1},"p":"20"}},"10":{"unknown":{"s":{"success":1},"p":"10"}},"12":{"unknown":{"s":{"success":1},"p":"8"}},"13":{"unknown":{"s":{"success":1},"p":"4"}}}','[]');
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "settings" VALUES('schema','0002_events_view');
CREATE TABLE skill_usage_events (
  id INTEGER PRIMARY KEY,
  person INTEGER NOT NULL DEFAULT 0,
  user_id_hash TEXT NOT NULL,
  tool_name TEXT NOT NULL,
  tool_category TEXT NOT NULL DEFAULT 'default',
  second INTEGER NOT NULL DEFAULT 0,
  timestamp TEXT GENERATED ALWAYS AS (datetime(1577836800 + (id >> 40) * 300 + second, 'unixepoch')) VIRTUAL,
  duration_ms INTEGER,
  status TEXT NOT NULL,
  error_type TEXT,
  error_message TEXT,
  request_size_bytes INTEGER,
  response_size_bytes INTEGER,
  metadata TEXT,
  agent_id TEXT NOT NULL DEFAULT 'unknown',
  source TEXT NOT NULL DEFAULT 'api',
  trigger TEXT NOT NULL DEFAULT 'unknown',
  tool_version TEXT,
  os TEXT,
  runtime TEXT,
  test INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "skill_usage_events" VALUES(776853343535366244,41,'00000000000000000000000000000064','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777013872233021479,40,'00000000000000000000000000000027','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777029265395810342,39,'00000000000000000000000000000026','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777043559046971429,38,'00000000000000000000000000000025','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777057852698132516,37,'00000000000000000000000000000024','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777073245860921379,36,'00000000000000000000000000000023','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777087539512082466,35,'00000000000000000000000000000022','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777101833163243553,34,'00000000000000000000000000000021','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777117226326032416,33,'00000000000000000000000000000020','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777131519977193503,32,'0000000000000000000000000000001f','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777145813628354590,31,'0000000000000000000000000000001e','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777161206791143453,30,'0000000000000000000000000000001d','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777175500442304540,29,'0000000000000000000000000000001c','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777189794093465627,28,'0000000000000000000000000000001b','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777205187256254490,27,'0000000000000000000000000000001a','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777219480907415577,26,'00000000000000000000000000000019','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777233774558576664,25,'00000000000000000000000000000018','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777249167721365527,24,'00000000000000000000000000000017','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777263461372526614,23,'00000000000000000000000000000016','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777277755023687701,22,'00000000000000000000000000000015','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777293148186476564,21,'00000000000000000000000000000014','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777307441837637651,20,'00000000000000000000000000000013','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777321735488798738,19,'00000000000000000000000000000012','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777337128651587601,18,'00000000000000000000000000000011','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777351422302748688,17,'00000000000000000000000000000010','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777365715953909775,16,'0000000000000000000000000000000f','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777381109116698638,15,'0000000000000000000000000000000e','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777395402767859725,14,'0000000000000000000000000000000d','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777409696419020812,13,'0000000000000000000000000000000c','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777425089581809675,12,'0000000000000000000000000000000b','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777439383232970762,11,'0000000000000000000000000000000a','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777453676884131849,10,'00000000000000000000000000000009','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777469070046920712,9,'00000000000000000000000000000008','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777483363698081799,8,'00000000000000000000000000000007','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777497657349242886,7,'00000000000000000000000000000006','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777513050512031749,6,'00000000000000000000000000000005','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777527344163192836,5,'00000000000000000000000000000004','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777541637814353923,4,'00000000000000000000000000000003','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777557030977142786,3,'00000000000000000000000000000002','a','b',0,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777571324628303873,2,'00000000000000000000000000000001','a','b',100,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777585618279464960,1,'00000000000000000000000000000000','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
INSERT INTO "skill_usage_events" VALUES(777585618279465061,42,'00000000000000000000000000000065','a','b',200,NULL,'success',NULL,NULL,NULL,NULL,NULL,'c','api','user',NULL,NULL,NULL,0);
CREATE TRIGGER note_late_event AFTER INSERT ON skill_usage_events
WHEN new.id <= (SELECT claimed_id FROM rollup_state)
BEGIN
  INSERT INTO late_events (event_id) VALUES (new.id);
END;
CREATE VIEW events AS
SELECT
  *,
  1577836800 + (id >> 40) * 300 + second AS time,
  status IN ('error', 'timeout') AS failed,
  -- A filter agrees with these if patching them with it changes nothing.
  json_object(
    'tool', tool_name, 'category', tool_category, 'agent', agent_id, 'version', coalesce(tool_version, 'unknown'),
    'trigger', trigger, 'os', coalesce(os, 'unknown'), 'source', source, 'runtime', coalesce(runtime, 'unknown'),
    'test', test
  ) AS dimensions,
  json_array(
    CAST(id AS TEXT), second, person, tool_name, tool_category, status, duration_ms, trigger, agent_id, tool_version, os,
    source, runtime, error_type
  ) AS fact
FROM skill_usage_events;
COMMIT;
