import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arePeriod, beforeInWords, inWords, isHourly, isOpen, lengthOf, parametersOf, START } from '../../../dashboard/js/period.js';
import { queries } from '../../../dashboard/js/queries.js';
import { parse } from '../../../dashboard/js/state.js';

const dated = (from, to) => ({ ...START, from, to });
const YEAR = new Date().getUTCFullYear();

test('two dates are a period of a year at most', () => {
  assert.equal(arePeriod('2026-03-01', '2026-03-01'), true);
  assert.equal(arePeriod('2025-03-02', '2026-03-01'), true);
  assert.equal(arePeriod('2025-03-01', '2026-03-01'), false);
  for (const wrong of ['', 'soon', '2026-02-30 00:00:00', '2026-13-01']) assert.equal(arePeriod(wrong, '2026-03-01'), false);
  assert.equal(lengthOf(dated('2024-02-28', '2024-03-01')), 3);
});

test('the API is asked for dates in place of days, and for a week of people at least', () => {
  assert.deepEqual(parametersOf(START), { days: 7 });
  assert.deepEqual(parametersOf(dated('2026-03-01', '2026-03-02')), { from: '2026-03-01', to: '2026-03-02' });
  assert.deepEqual(parametersOf(dated('2026-03-01', '2026-03-02'), 7), { from: '2026-02-24', to: '2026-03-02' });
  const asked = queries(parse('?from=2026-03-01&to=2026-03-02&compare=year'));
  assert.equal(asked.summary.path, '/analytics/summary?from=2026-03-01&to=2026-03-02&compare=year');
  assert.equal(asked.retention.path, '/analytics/retention?from=2026-02-24&to=2026-03-02');
});

test('a period is open while its last day is not over', () => {
  const noon = Date.parse('2026-03-02T12:00:00Z');
  assert.deepEqual([START, dated('2026-03-01', '2026-03-02'), dated('2026-03-01', '2026-03-01')].map((it) => isOpen(it, noon)), [true, true, false]);
  assert.deepEqual([{ ...START, days: 1 }, START, dated('2026-03-01', '2026-03-02'), dated('2026-03-01', '2026-03-03')].map(isHourly), [true, false, true, false]);
});

test('a period in words', () => {
  assert.equal(inWords(START), 'last 7 days');
  assert.equal(inWords(dated(`${YEAR}-03-01`, `${YEAR}-03-01`)), '1 Mar');
  assert.equal(inWords(dated('2019-12-31', `${YEAR}-03-01`)), '31 Dec 2019 to 1 Mar');
  assert.equal(beforeInWords(dated('2026-03-01', '2026-03-02')), 'The 2 days before');
  assert.equal(beforeInWords({ ...START, days: 1 }), 'The 24 hours before');
  assert.equal(beforeInWords({ ...START, compare: 'year' }), 'A year before');
});
