import assert from 'node:assert/strict';
import { test } from 'node:test';

import { attention } from '../../../dashboard/js/attention.js';
import { gathered, inWords } from '../../../dashboard/js/course.js';
import { csv, fileName } from '../../../dashboard/js/csv.js';
import { courses } from '../../../dashboard/js/rollout.js';
import { delay, EMPTY_MS, REFRESH_MS } from '../../../dashboard/js/schedule.js';
import { searched, sorted } from '../../../dashboard/js/sort.js';
import { runsOf, scaleOf } from '../../../dashboard/js/spark.js';
import { store } from '../../../dashboard/js/store.js';
import { isOther, keyOf, neededCategory, ownCategory, sharedNames, toolOf } from '../../../dashboard/js/tool.js';
import { isLocal, ways } from '../../../dashboard/js/ways.js';
import { verdictInWords } from '../../../dashboard/js/verdict.js';
import { crc32, zip } from '../../../dashboard/js/zip.js';
import { usageInWords } from '../../../dashboard/js/usage.js';

const plain = (text) => text.replaceAll('\u202f', ' ');

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

test('a line of estimates moves by a quarter of its height at most for their errors', () => {
  assert.deepEqual(scaleOf([10, 20], 0), { low: 10, span: 10 });
  assert.deepEqual(scaleOf([5, 5], 0), { low: 5, span: 0 });
  const { low, span } = scaleOf([97, 100], 0.03);
  assert.equal(span, 24);
  assert.equal((97 - low) / span, 1 - (100 - low) / span, 'in the middle');
  assert.deepEqual(scaleOf([100, 300], 0.03), { low: 100, span: 200 });
});

test('a course is told by its halves in time', () => {
  assert.equal(inWords([0, 0, 0, 0, 0, 1, 2, 0], 0.5), 'rising');
  assert.equal(inWords([5, 4, 0, 0, 1, 1, 1, 0], 0.5), 'falling');
  assert.equal(inWords([2, 0, 2, 1, 1, 2, 0, 1], 0.5), 'steady');
  assert.equal(inWords([0, 0, 0, 0, 0, 0, 0, 1], 0.5), 'steady', 'one alone is no course');
  assert.equal(inWords([4, 4, 4, 4, 4, 4, 4, 0], 0), 'steady', 'a day that has just begun does not make it fall');
  assert.equal(inWords([0, 4, 4, 4, 4, 4, 4, 4], 1), 'steady');
});

test('counts are gathered by neighbours, the oldest with fewer', () => {
  assert.deepEqual(gathered([1, 2, 3], 3), [1, 2, 3]);
  assert.deepEqual(gathered([1, 2, 3, 4, 5], 3), [1, 5, 9]);
  assert.equal(gathered(new Array(91).fill(1), 31).length, 31);
});

test('a name needs its category where several have it', () => {
  const row = (tool_name, tool_category) => ({ tool_name, tool_category });
  const shared = sharedNames([row('find', 'mcp:a'), row('find', 'mcp:b'), row('find', 'mcp:b'), row('pdf', 'skill'), row('pdf', 'skill'), row('cli', 'default')]);
  assert.deepEqual([...shared], ['find']);
  const shown = (which, name, category) => which({ name, category }, shared);
  assert.equal(shown(neededCategory, 'find', 'mcp:a'), 'mcp:a');
  assert.equal(shown(neededCategory, 'pdf', 'skill'), '');
  assert.equal(shown(ownCategory, 'pdf', 'skill'), 'skill');
  assert.equal(shown(ownCategory, 'cli', 'default'), '');
  assert.equal(shown(ownCategory, 'find', 'default'), 'default');
  assert.notEqual(keyOf(toolOf(row('find', 'mcp:a'))), keyOf(toolOf(row('find', 'mcp:b'))));
  assert.deepEqual([isOther({ name: '(other)' }), isOther({ name: 'other' })], [true, false]);
});

const BEFORE = { invocations: 0, unique_users: 0, success_rate: '0.00', known_outcomes: 0, p95_duration_ms: null };

test('what stands out is said, the most failing tool first', () => {
  const figures = { known_outcomes: 100, success_rate: '90.00', p95_duration_ms: 3000, total_invocations: 60 };
  const previous = { known_outcomes: 100, success_rate: '95.00', p95_duration_ms: 1000, total_invocations: 120 };
  const tool = (name, known, rate) => ({ tool_name: name, tool_category: 'skill', known_outcomes: known, error_rate: rate, previous: BEFORE });
  const found = attention({ ...figures, previous }, [tool('few', 10, '90.00'), tool('some', 50, '20.00'), tool('most', 400, '12.50'), tool('fine', 900, '1.00'), tool('(other)', 900, '50.00')]);
  assert.deepEqual(found.map((it) => it.tool?.name), ['most', 'some', undefined, undefined, undefined]);
  assert.equal(found[0].tool.category, 'skill');
  assert.match(found[0].text, /12\.5.*50 failures/);
  assert.match(found[3].text, /p95.*200/);
  assert.deepEqual(attention({ ...figures, previous: { ...previous, known_outcomes: 3 } }, []), []);
});

test('tools of one name are two that stand out', () => {
  const none = { known_outcomes: 0, total_invocations: 0 };
  const tool = (tool_category, error_rate) => ({ tool_name: 'find', tool_category, known_outcomes: 100, error_rate, previous: BEFORE });
  const found = attention({ ...none, previous: none }, [tool('mcp:a', '0.00'), tool('mcp:b', '30.00')]);
  assert.deepEqual(found.map((it) => it.tool), [{ name: 'find', category: 'mcp:b' }]);
});

test('of durations only a growth beyond their errors stands out, of counts any that is large', () => {
  const now = { known_outcomes: 100, success_rate: '95.00', p95_duration_ms: 3566, total_invocations: 100 };
  const texts = (before) => attention({ ...now, previous: { ...now, ...before } }, []).map((it) => it.text);
  assert.deepEqual(texts({ p95_duration_ms: 3565 }), []);
  assert.deepEqual(texts({ p95_duration_ms: null }), []);
  assert.match(texts({ p95_duration_ms: 2000 })[0], /p95.*about 78/);
  assert.match(texts({ total_invocations: 200 })[0], /Use is down 50/);
});

test('where nothing can be kept, it lasts as long as the page', () => {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: () => { throw new Error('denied'); } });
  assert.equal(store.get('a'), null);
  store.set('a', 'kept');
  assert.equal(store.get('a'), 'kept');
  store.forget('a');
  assert.equal(store.get('a'), null);
});

test('each way to send says this deployment, and warns of an address that leads nowhere else', () => {
  const known = ways('https://x.example');
  assert.equal(known.length, 4);
  for (const { command } of known) assert.match(command, /https:\/\/x\.example/);
  const local = ['http://localhost:8787', 'http://127.0.0.1:80', 'http://[::1]:1', 'https://x.example', 'https://localhost.example'];
  assert.deepEqual(local.map(isLocal), [true, true, true, false, false]);
});

test('an archive has the check value of its standard', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  const parts = zip([{ name: 'ä.csv', text: 'a' }], new Date(2026, 1, 9, 21, 30, 2));
  assert.deepEqual([...parts[0].subarray(0, 4)], [0x50, 0x4b, 3, 4]);
  assert.equal(parts.at(-1).length, 22);
});

test('a tool that fell is said to have fallen, and since which version where that is known', () => {
  const none = { known_outcomes: 0, total_invocations: 0 };
  const tool = { tool_name: 'query', tool_category: 'mcp:db', known_outcomes: 100, success_rate: '80.40', error_rate: '19.60', p95_duration_ms: 900 };
  const previous = { invocations: 60, unique_users: 9, success_rate: '92.00', known_outcomes: 60, p95_duration_ms: 900 };
  const text = (changes, versions) => plain(attention({ ...none, previous: none }, [{ ...tool, previous: { ...previous, ...changes } }], versions)[0].text);
  assert.equal(text({}), 'fell to 80.4 % success from 92 % (20 failures)');
  assert.equal(text({}, [{ version: '1.4.0', verdict: 'worse' }]), 'fell to 80.4 % success from 92 %, worse since 1.4.0 (20 failures)');
  assert.equal(text({ known_outcomes: 3 }, [{ version: '1.4.0', verdict: 'same' }]), 'fails 19.6 % of the time (20 failures)');
  const slow = { ...tool, invocations: 200, success_rate: '99.00', error_rate: '1.00', previous: { ...previous, invocations: 150, success_rate: '99.00', p95_duration_ms: 300 } };
  assert.match(plain(attention({ ...none, previous: none }, [slow])[0].text), /^takes up to 900 ms, 200 % longer than before/);
});

test('a verdict claims no more than its interval does', () => {
  const against = { version: '1.3.0', success_difference: -18.9, interval: [-29.7, -8.4], p95_ratio: 2 };
  const said = (verdict, more = {}) => plain(verdictInWords(verdict, { ...against, ...more }));
  assert.equal(said('worse'), 'Worse: success 8.4 to 29.7 points lower than in 1.3.0');
  assert.equal(said('better', { interval: [2, 9.25] }), 'Better: success 2 to 9.3 points higher than in 1.3.0');
  assert.equal(said('same'), 'No difference from 1.3.0 that the figures show');
  assert.equal(said('too few'), 'Too few uses to tell it from 1.3.0');
  assert.equal(verdictInWords('first', null), 'The first that is known');
});

test('what a tool used up is told as far as it is known', () => {
  const nothing = { input_tokens: null, cache_creation_tokens: null, cache_read_tokens: null, output_tokens: null, cost_usd: null, cost_per_use_usd: null };
  assert.equal(usageInWords(nothing), '');
  assert.equal(usageInWords({ ...nothing, input_tokens: 100, cache_read_tokens: 900, output_tokens: 50 }), '1,000 tokens in · 50 tokens out');
  assert.equal(usageInWords({ ...nothing, cost_usd: 4.2, cost_per_use_usd: 0.034 }), '$4.20 · $0.034 a use');
});

test('a tool that has several versions shows how they took over, the newest four', () => {
  const day = (date, invocations) => ({ date, invocations, success: 0, known_outcomes: 0 });
  const version = (name, ...days) => ({ version: name, days });
  const rows = [version('2.0', day('2026-03-01', 5)), version('1.9', day('2026-02-27', 3), day('2026-03-01', 1))];
  assert.deepEqual(courses(rows), {
    dates: ['2026-02-27', '2026-02-28', '2026-03-01'],
    series: [{ name: '2.0', shade: 1, values: [null, null, 5] }, { name: '1.9', shade: 2, values: [3, 0, 1] }],
  });
  const many = Array.from({ length: 6 }, (_, index) => version(`1.${index}`, day(`2026-03-0${index + 1}`, 1)));
  assert.deepEqual(courses(many).series.map((it) => it.name), ['1.0', '1.1', '1.2', '1.3']);
  assert.equal(courses(rows.slice(0, 1)), null, 'one has taken over from none');
  assert.equal(courses([version('2', day('2026-03-02', 1)), version('1', day('2026-03-01', 1))]), null, 'two days are no course');
  assert.equal(courses(rows.map((row) => ({ ...row, days: null }))), null, 'they are not known');
  assert.equal(courses([]), null);
});
