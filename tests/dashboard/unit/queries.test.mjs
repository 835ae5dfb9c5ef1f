import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { queries, readsEvents } from '../../../dashboard/js/queries.js';
import { parse } from '../../../dashboard/js/state.js';

const { cases, reports } = JSON.parse(readFileSync(new URL('../../filters.json', import.meta.url), 'utf8'));
const names = (query) => Object.entries(queries(parse(query))).filter(([, it]) => it.readsEvents).map(([name]) => name);

test('without filters nothing reads events', () => {
  assert.deepEqual(names('?days=90'), []);
});

test('with one filter, what it crosses reads events', () => {
  assert.deepEqual(names('?tool=a'), []);
  assert.deepEqual(names('?agent=a'), ['tools', 'errors', 'version', 'trigger', 'os']);
});

test('a tool by name and category is as dear as one by name', () => {
  assert.deepEqual(names('?tool=a&category=b'), []);
  assert.deepEqual(names('?category=b'), ['agent', 'version', 'trigger', 'os']);
  assert.deepEqual(names('?tool=a&category=b&agent=c'), ['tools', 'errors']);
});

test('with two filters everything reads events, unless one is a tool', () => {
  assert.deepEqual(names('?tool=a&agent=b'), ['tools', 'errors']);
  assert.equal(names('?trigger=user&agent=b').length, 9);
  assert.equal(readsEvents({ tool: 'a', agent: 'b' }, null), false);
  assert.equal(readsEvents({ trigger: 'user', agent: 'b' }, null), true);
});

for (const { dimension, filters, reads_events } of cases) {
  test(`by ${dimension}, filtered by ${Object.keys(filters)}: ${reads_events ? 'events' : 'rollups'}`, () => {
    assert.equal(readsEvents(filters, dimension), reads_events);
  });
}

test('each report of a view is taken for what the server makes of it', () => {
  for (const { filters } of cases.filter((it) => Object.keys(it.filters).length <= 2)) {
    const { versions, together, sessions, catalogue, ...asks } = queries(parse(`?${new URLSearchParams(filters)}`)); // no facet
    for (const [name, asked] of Object.entries(asks)) {
      const { pathname, searchParams } = new URL(asked.path, 'http://localhost');
      const { days, limit, by, ...narrowed } = Object.fromEntries(searchParams);
      const report = pathname.slice('/analytics/'.length) + (by ? `?by=${by}` : '');
      const known = cases.find((it) => it.dimension === reports[report] && isDeepStrictEqual(it.filters, narrowed));
      assert.equal(asked.readsEvents, known?.reads_events, `${name} ${asked.path}`);
    }
  }
});

test('a facet is not narrowed by its own filter', () => {
  const { tools, agent, summary } = queries(parse('?days=30&tool=a%26b&agent=x'));
  assert.equal(tools.path, '/analytics/tools?days=30&limit=5000&agent=x');
  assert.equal(queries(parse('?days=30&tool=a&category=b&agent=x')).tools.path, '/analytics/tools?days=30&limit=5000&agent=x');
  assert.equal(queries(parse('?days=30&category=b')).tools.path, '/analytics/tools?days=30&limit=5000&category=b');
  assert.equal(agent.path, '/analytics/breakdown?days=30&by=agent&tool=a%26b');
  assert.equal(summary.path, '/analytics/summary?days=30&tool=a%26b&agent=x');
});

test('people are shown over a week at least', () => {
  assert.equal(queries(parse('?days=1')).retention.path, '/analytics/retention?days=7');
});

test('versions are asked for of one tool, whatever else it is narrowed to', () => {
  assert.equal(queries(parse('?days=30')).versions, undefined);
  assert.deepEqual(queries(parse('?days=30&tool=a&category=b&agent=c')).versions, { path: '/analytics/versions?days=30&tool=a&category=b', readsEvents: false });
});

test('the catalogue is asked for where a category alone narrows it', () => {
  const { catalogue } = queries(parse('?days=30&category=b'));
  assert.deepEqual(catalogue, { path: '/analytics/catalogue?days=30&limit=500&category=b', readsEvents: false });
  assert.ok(queries(parse('?days=30')).catalogue);
  for (const filter of ['tool', 'agent', 'trigger', 'version']) assert.equal(queries(parse(`?${filter}=x`)).catalogue, undefined);
});

test('sessions are asked for without filters', () => {
  assert.deepEqual(queries(parse('?days=30')).sessions, { path: '/analytics/sessions?days=30', readsEvents: false });
  assert.equal(queries(parse('?days=30&agent=a')).sessions, undefined);
});
