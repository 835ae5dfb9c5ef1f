import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RANGES } from '../../../dashboard/js/period.js';
import { isAmongChosen, isChosen, isOneTool, parse, serialize, State, toggled, toggledCategory, without, withTool } from '../../../dashboard/js/state.js';

const START = parse('');

test('a view written and read again is the same', () => {
  const views = [
    START,
    { ...START, days: 90 },
    { ...START, filters: { tool: 'a b/c:d', agent: '<img src=x onerror=alert(1)>' } },
    { ...START, filters: { version: '1.0+2' }, search: 'über & more', sort: 'p95', ascending: true },
    { ...START, sort: 'name', ascending: false },
    { ...START, from: '2026-11-01', to: '2026-11-09', compare: 'year' },
    { ...START, days: 365 },
  ];
  for (const view of views) assert.deepEqual(parse(serialize(view)), view);
});

test('what a URL cannot ask for is left out', () => {
  for (const days of ['0', '366', '7.5', 'x', '']) assert.equal(parse(`?days=${days}`).days, 7);
  for (const dates of ['from=2026-11-09&to=2026-11-01', 'from=2026-11-09', 'from=2025-01-01&to=2026-11-01', 'from=2026-13-01&to=2026-13-02', 'compare=soon']) {
    assert.deepEqual(parse(`?${dates}`), START);
  }
  assert.deepEqual(parse('?days=7&sort=-secret&nonsense=1&tool='), START);
  assert.deepEqual(parse('?tool=(other)&category=(other)&version=(other)'), START);
  for (const days of RANGES) assert.equal(parse(`?days=${days}`).days, days);
});

test('a filter that is set again is taken back', () => {
  assert.deepEqual(toggled({}, 'tool', 'a'), { tool: 'a' });
  assert.deepEqual(toggled({ tool: 'a', agent: 'x' }, 'tool', 'b'), { tool: 'b', agent: 'x' });
  assert.deepEqual(toggled({ tool: 'a', agent: 'x' }, 'tool', 'a'), { agent: 'x' });
  assert.deepEqual(without({ tool: 'a', agent: 'x' }, 'agent'), { tool: 'a' });
});

test('a tool is chosen by name and category', () => {
  const find = { name: 'find', category: 'mcp:a' };
  const chosen = { agent: 'x', tool: 'find', category: 'mcp:a' };
  assert.deepEqual(withTool({ agent: 'x' }, find), chosen);
  assert.deepEqual(withTool({ agent: 'x', tool: 'find', category: 'mcp:b' }, find), chosen);
  assert.deepEqual(withTool({ agent: 'x', category: 'mcp:b' }, find), chosen);
  assert.deepEqual(withTool(chosen, find), chosen);
  assert.deepEqual(withTool({ tool: 'find', agent: 'x' }, find), chosen, 'all of its name are not it alone');
  assert.equal(serialize({ ...START, filters: withTool({}, find) }), '?days=7&tool=find&category=mcp%3Aa');
});

test('a tool takes its category along, and a category no tool', () => {
  const both = { tool: 'find', category: 'mcp:a', agent: 'x' };
  assert.deepEqual(without(both, 'tool'), { agent: 'x' });
  assert.deepEqual(without(both, 'category'), { tool: 'find', agent: 'x' });
  assert.deepEqual(without({ category: 'mcp:a' }, 'tool'), { category: 'mcp:a' });
  assert.deepEqual(toggledCategory(both, 'mcp:a'), { category: 'mcp:a', agent: 'x' });
  assert.deepEqual(toggledCategory(both, 'mcp:b'), { category: 'mcp:b', agent: 'x' });
  assert.deepEqual(toggledCategory({ category: 'mcp:a', agent: 'x' }, 'mcp:a'), { agent: 'x' });
});

test('a name without a category chooses all tools of that name, and none alone', () => {
  const find = { name: 'find', category: 'mcp:a' };
  const told = (filters) => [isChosen(filters, find), isAmongChosen(filters, find)];
  assert.deepEqual(told({ tool: 'find', category: 'mcp:a' }), [true, true]);
  assert.deepEqual(told({ tool: 'find' }), [false, true]);
  assert.deepEqual(told({ tool: 'find', category: 'mcp:b' }), [false, false]);
  assert.deepEqual(told({ category: 'mcp:a' }), [false, false]);
});

test('a tool by name and category has a page', () => {
  assert.deepEqual([{ tool: 'a', category: 'b' }, { tool: 'a' }, { category: 'b' }, {}].map(isOneTool), [true, false, false, false]);
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
