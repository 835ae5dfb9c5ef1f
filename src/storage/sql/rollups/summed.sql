-- The hour before which days have their sum.
SELECT summed FROM rollup_state
