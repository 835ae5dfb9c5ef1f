// The versions of one tool: how sure its success rate is of each, and what became of it since the one before.

import { element, hook, setText, timeElement } from '../dom.js';
import { count, duration, percent } from '../format.js';
import { Table } from '../table.js';
import { verdictInWords } from '../verdict.js';

export const needs = ['versions'];

export const nothing = 'No version';

export const isEmpty = ({ versions }) => versions.length === 0;

let shown;

export function setUp(section) {
  const text = (write) => (cell, value) => setText(cell, write(value));
  shown = new Table(hook(section, 'table'), {
    columns: [
      { name: 'version', label: 'Version', of: (row) => row.version, fill: (cell, value) => cell.replaceChildren(element('span', 'name', value)) },
      { name: 'first', label: 'First used', of: (row) => row.first_seen, fill: (cell, value) => cell.replaceChildren(timeElement(value, true)) },
      { name: 'uses', label: 'Uses', number: true, of: (row) => row.invocations, fill: text(count) },
      { name: 'people', label: 'People', number: true, of: (row) => row.unique_users, fill: text(count) },
      { name: 'success', label: 'Success, and how sure it is', title: 'The bar is where the true rate lies with 95 % confidence', of: (row) => [row.rate, row.success_interval, row.least], fill: fillInterval },
      { name: 'p95', label: 'p95', number: true, of: (row) => row.p95_duration_ms, fill: text(duration) },
      {
        name: 'verdict',
        label: 'Against the one before',
        of: (row) => [row.verdict, row.against],
        fill(cell, [verdict, against]) {
          const words = element('span', verdict === 'worse' ? 'bad' : verdict === 'better' ? 'good' : 'quiet', verdictInWords(verdict, against));
          cell.replaceChildren(words);
        },
      },
    ],
    rowKey: (row) => row.version,
    first: 8,
  });
}

export function render(_section, { versions }) {
  const known = versions.filter((it) => it.success_interval);
  const least = Math.floor(Math.min(95, ...known.map((it) => it.success_interval[0])) / 5) * 5;
  shown.render(versions.map((row) => ({ ...row, least, rate: row.success_interval ? Number(row.success_rate) : null })));
}

export function table({ versions }) {
  const heads = ['version', 'first_seen (UTC)', 'last_seen (UTC)', 'invocations', 'people', 'success_rate', 'low', 'high', 'p50_ms', 'p95_ms', 'against', 'verdict'];
  const rows = versions.map((it) => [
    it.version, it.first_seen, it.last_seen, it.invocations, it.unique_users, it.success_interval ? Number(it.success_rate) : null,
    ...(it.success_interval ?? [null, null]), it.p50_duration_ms, it.p95_duration_ms, it.against?.version, it.verdict,
  ]);
  return [heads, ...rows];
}

/** A bar from the low to the high end of an interval, on a scale from the least that any has to 100 %. */
function fillInterval(cell, [rate, interval, least]) {
  const number = element('span', 'figure', percent(rate));
  if (!interval) {
    cell.replaceChildren(number);
    return;
  }
  const at = (value) => (value - least) / (100 - least);
  const bar = element('span', 'interval');
  const [low, high] = interval;
  for (const [name, value] of Object.entries({ low, high, at: rate })) bar.style.setProperty(`--${name}`, at(value));
  cell.title = `${percent(low)} to ${percent(high)} with 95 % confidence`;
  cell.replaceChildren(number, bar, element('span', 'unseen', cell.title));
}
