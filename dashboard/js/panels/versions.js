// The versions of one tool: how each took over from the one before, how sure its success rate is, and what became of it.

import { lines } from '../charts.js';
import { element, hook, setText, timeElement } from '../dom.js';
import { count, day, duration, parseTime, percent, plural } from '../format.js';
import { courses } from '../rollout.js';
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
      { name: 'version', label: 'Version', of: (row) => [row.version, row.shade], fill: fillVersion },
      { name: 'first', label: 'First used', title: 'In the days that are shown', of: (row) => row.first_seen, fill: (cell, value) => cell.replaceChildren(timeElement(value, true)) },
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

export function render(section, { versions }) {
  const drawn = courses(versions);
  section.toggleAttribute('data-flat', !drawn);
  if (drawn) draw(hook(section, 'chart'), drawn);
  const shades = Object.fromEntries((drawn?.series ?? []).map(({ name, shade }) => [name, shade]));
  const known = versions.filter((it) => it.success_interval);
  const least = Math.floor(Math.min(95, ...known.map((it) => it.success_interval[0])) / 5) * 5;
  shown.render(versions.map((row) => ({ ...row, least, shade: shades[row.version], rate: row.success_interval ? Number(row.success_rate) : null })));
}

export function table({ versions }) {
  const heads = ['version', 'first_seen (UTC)', 'last_seen (UTC)', 'invocations', 'people', 'success_rate', 'low', 'high', 'p50_ms', 'p95_ms', 'against', 'verdict'];
  const rows = versions.map((it) => [
    it.version, it.first_seen, it.last_seen, it.invocations, it.unique_users, it.success_interval ? Number(it.success_rate) : null,
    ...(it.success_interval ?? [null, null]), it.p50_duration_ms, it.p95_duration_ms, it.against?.version, it.verdict,
  ]);
  return [heads, ...rows];
}

function draw(canvas, { dates, series }) {
  const days = dates.map((it) => day(parseTime(`${it} 00:00:00`)));
  const total = (values) => values.reduce((sum, value) => sum + value, 0);
  const each = series.map(({ name, values }) => `${name} ${plural(total(values), 'use')}`).join(', ');
  canvas.setAttribute('aria-label', `Uses a day by version, ${days[0]} to ${days.at(-1)}: ${each}. The table below has every version.`);
  lines(canvas, { labels: days, titles: days.map((it) => `${it} (UTC day)`), series });
}

function fillVersion(cell, [version, shade]) {
  const name = element('span', 'name', version);
  if (!shade) {
    cell.replaceChildren(name);
    return;
  }
  const dot = element('span', 'dot');
  dot.dataset.shade = shade;
  cell.replaceChildren(dot, name);
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
