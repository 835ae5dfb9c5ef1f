import assert from 'node:assert/strict';
import { test } from 'node:test';

import { attention } from '../../../dashboard/js/attention.js';
import { csv, fileName } from '../../../dashboard/js/csv.js';
import { delay, EMPTY_MS, REFRESH_MS } from '../../../dashboard/js/schedule.js';
import { searched, sorted } from '../../../dashboard/js/sort.js';
import { runsOf } from '../../../dashboard/js/spark.js';
import { trend } from '../../../dashboard/js/trend.js';

test('rows sort as people count, unknown ones last either way, equal ones as they were', () => {
  const rows = [{ n: 'b10', v: 2 }, { n: 'b9', v: null }, { n: 'A1', v: 2 }, { n: 'c', v: 1 }];
  const names = (keyOf, ascending) => sorted(rows, keyOf, ascending).map((row) => row.n).join(' ');
  assert.equal(names((row) => row.n, true), 'A1 b9 b10 c');
  assert.equal(names((row) => row.n, false), 'c b10 b9 A1');
  assert.equal(names((row) => row.v, true), 'c b10 A1 b9');
  assert.equal(names((row) => row.v, false), 'b10 A1 c b9');
});

test('a search wants every word, in whatever case', () => {
  const rows = ['Create pull request', 'create issue', 'pull'];
  assert.deepEqual(searched(rows, (row) => row, 'PULL cre'), ['Create pull request']);
  assert.deepEqual(searched(rows, (row) => row, '  '), rows);
});

test('cells are quoted where they must be, and no formula leaves', () => {
  assert.equal(csv([['a', 'b "c"', 'd,e'], [1, -2.5, null], ['=1+1', '@x', '-y']]), 'a,"b ""c""","d,e"\r\n1,-2.5,\r\n\'=1+1,\'@x,\'-y\r\n');
});

test('a file is named for what it holds', () => {
  const view = { days: 7, filters: { tool: '../a b<c>' } };
  assert.equal(fileName('tools', view), 'track-skills-tools-7-days-tool-.._a_b_c_.csv');
});

test('a server that does not answer is asked again soon, then more rarely', () => {
  assert.equal(delay(0), REFRESH_MS);
  assert.deepEqual([1, 2, 3].map(delay), [3000, 6000, 12_000]);
  assert.equal(delay(30), REFRESH_MS);
  assert.deepEqual([delay(0, true), delay(2, true)], [EMPTY_MS, 6000]);
});

test('a line has gaps where nothing is known', () => {
  assert.deepEqual(runsOf([null, 1, 2, null, 3]), [[1, 2], [4]]);
});

test('a trend counts a group over the window', () => {
  const now = Date.parse('2026-02-15T00:00:00Z');
  const at = (day, tool = 'a') => ({ timestamp: `2026-02-${day} 12:00:00`, tool_name: tool, error_type: null });
  const { of, partial } = trend([at(14), at(14), at(14), at(13, 'b'), at('01')], false, 14, now);
  const { counts, words } = of({ tool_name: 'a', error_type: null });
  assert.deepEqual(counts, [1, ...new Array(12).fill(0), 3]);
  assert.equal(words, 'rising');
  assert.equal(partial, false);
  assert.equal(of({ tool_name: 'c', error_type: 'x' }).words, 'none lately');
});

test('a trend of the latest errors begins with the oldest of them', () => {
  const now = Date.parse('2026-02-15T00:00:00Z');
  const { of } = trend([{ timestamp: '2026-02-14 12:00:00', tool_name: 'a', error_type: 'x' }], true, 90, now);
  assert.equal(of({ tool_name: 'a', error_type: 'x' }).counts[0], 1);
});

test('what stands out is said, the most failing tool first', () => {
  const figures = { known_outcomes: 100, success_rate: '90.00', p95_duration_ms: 3000, total_invocations: 60 };
  const previous = { known_outcomes: 100, success_rate: '95.00', p95_duration_ms: 1000, total_invocations: 120 };
  const tool = (name, known, rate) => ({ tool_name: name, known_outcomes: known, error_rate: rate });
  const found = attention({ ...figures, previous }, [tool('few', 10, '90.00'), tool('some', 50, '20.00'), tool('most', 400, '12.50'), tool('fine', 900, '1.00')]);
  assert.deepEqual(found.map((it) => it.tool), ['most', 'some', undefined, undefined, undefined]);
  assert.match(found[0].text, /12\.5.*50 failures/);
  assert.match(found[3].text, /p95.*200/);
  assert.deepEqual(attention({ ...figures, previous: { ...previous, known_outcomes: 3 } }, []), []);
});
