import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isDear, queries } from '../../../dashboard/js/queries.js';
import { parse } from '../../../dashboard/js/state.js';

const dear = (query) => Object.entries(queries(parse(query))).filter(([, it]) => it.dear).map(([name]) => name);

test('without filters nothing is dear', () => {
  assert.deepEqual(dear('?days=90'), []);
});

test('one filter makes dear what it crosses', () => {
  assert.deepEqual(dear('?tool=a'), ['agent', 'version', 'trigger', 'os']);
  assert.deepEqual(dear('?agent=a'), ['tools', 'errors', 'version', 'trigger', 'os']);
});

test('two filters make everything dear', () => {
  assert.equal(dear('?tool=a&agent=b').length, 9);
  assert.equal(isDear({ tool: 'a' }, null), false);
  assert.equal(isDear({ tool: 'a', agent: 'b' }, null), true);
});

test('a facet is not narrowed by its own filter', () => {
  const { tools, agent, summary } = queries(parse('?days=30&tool=a%26b&agent=x'));
  assert.equal(tools.path, '/analytics/tools?days=30&agent=x');
  assert.equal(agent.path, '/analytics/breakdown?days=30&by=agent&tool=a%26b');
  assert.equal(summary.path, '/analytics/summary?days=30&tool=a%26b&agent=x');
});

test('people are shown over a week at least', () => {
  assert.equal(queries(parse('?days=1')).retention.path, '/analytics/retention?days=7');
});
