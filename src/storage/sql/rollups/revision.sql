-- The revision that the rollups are of.
SELECT revision FROM rollup_state
