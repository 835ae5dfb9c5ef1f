import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse, RANGES, serialize, State, toggled, without } from '../../../dashboard/js/state.js';

const START = parse('');

test('a view written and read again is the same', () => {
  const views = [
    START,
    { ...START, days: 90 },
    { ...START, filters: { tool: 'a b/c:d', agent: '<img src=x onerror=alert(1)>' } },
    { ...START, filters: { version: '1.0+2' }, search: 'über & more', sort: 'p95', ascending: true },
    { ...START, sort: 'name', ascending: false },
  ];
  for (const view of views) assert.deepEqual(parse(serialize(view)), view);
});

test('what a URL cannot ask for is left out', () => {
  assert.deepEqual(parse('?days=8&sort=-secret&nonsense=1&tool='), START);
  for (const days of RANGES) assert.equal(parse(`?days=${days}`).days, days);
});

test('a filter that is set again is taken back', () => {
  assert.deepEqual(toggled({}, 'tool', 'a'), { tool: 'a' });
  assert.deepEqual(toggled({ tool: 'a', agent: 'x' }, 'tool', 'b'), { tool: 'b', agent: 'x' });
  assert.deepEqual(toggled({ tool: 'a', agent: 'x' }, 'tool', 'a'), { agent: 'x' });
  assert.deepEqual(without({ tool: 'a', agent: 'x' }, 'agent'), { tool: 'a' });
});

test('the state emits each change once, and says whether back undoes it', () => {
  const kinds = [];
  const state = new State(START);
  state.addEventListener('change', ({ detail }) => kinds.push(detail.kind));
  state.update({ days: 30 });
  state.update({ days: 30 });
  state.update({ search: 'x' }, false);
  state.replace(START);
  state.replace(START);
  assert.deepEqual(kinds, ['step', 'detail', 'history']);
});
