-- Before this hour (since 1970) the sums of days hold what tools are crossed with. Of what was rolled up before, nobody knows it.
ALTER TABLE rollup_state ADD COLUMN crossed INTEGER NOT NULL DEFAULT 0;
UPDATE rollup_state SET crossed = summed;

UPDATE settings SET value = '0011_crossings' WHERE name = 'schema';
