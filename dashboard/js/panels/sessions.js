// Sessions: how many, how long, and what they used up.

import { stackedBars } from '../charts.js';
import { element, hook, setText } from '../dom.js';
import { change, count, day, duration, exact, money, parseTime } from '../format.js';
import { setNote } from '../panel.js';
import { inWords, isOpen } from '../period.js';
import { Table } from '../table.js';

const FIGURES = [
  { label: 'Sessions', of: (it) => it.sessions, show: count },
  { label: 'Typical length', of: (it) => seconds(it.p50_duration_s), show: duration },
  { label: 'Turns', of: (it) => it.turns, show: count },
  { label: 'Tokens in', of: (it) => total(it.input_tokens, it.cache_creation_tokens, it.cache_read_tokens), show: count },
  { label: 'Tokens out', of: (it) => it.output_tokens, show: count },
  { label: 'Cost', of: (it) => it.cost_usd, show: money },
];

export const needs = ['sessions'];

export const optional = true; // without sessions there is no panel

export const isEmpty = ({ sessions }) => sessions.sessions === 0;

let shown;

export function setUp(section) {
  const cells = (value) => (cell, it) => setText(cell, value(it));
  shown = new Table(hook(section, 'table'), {
    columns: [
      { name: 'key', label: 'Agent', of: (row) => row.key, fill: cells(String) },
      { name: 'sessions', label: 'Sessions', number: true, of: (row) => row.sessions, fill: cells(exact) },
      { name: 'cost', label: 'Cost', number: true, of: (row) => row.cost_usd, fill: cells(money) },
    ],
    rowKey: (row) => row.key,
    first: 5,
  });
}

export function render(section, { sessions }, view) {
  const open = isOpen(view, Date.now());
  const days = sessions.daily;
  const labels = days.map((it) => day(parseTime(it.date)));
  setNote(section, inWords(view));
  hook(section, 'figures').replaceChildren(...FIGURES.filter(({ of }) => of(sessions) !== null).map((figure) => pair(figure, sessions)));
  const canvas = hook(section, 'chart');
  canvas.setAttribute('aria-label', `Sessions a day: ${count(sessions.sessions)} in all. The table below has them by agent.`);
  stackedBars(canvas, {
    labels: labels.map((it, index) => (open && index === labels.length - 1 ? 'today' : it)),
    titles: days.map((it, index) => `${labels[index]}${it.cost_usd === null ? '' : `, ${money(it.cost_usd)}`}`),
    series: [{ name: 'Sessions', color: 'accent', values: days.map((it) => it.sessions) }],
    open,
  });
  shown.render(sessions.by_agent);
}

export function table({ sessions }) {
  return [['date (UTC)', 'sessions', 'cost_usd'], ...sessions.daily.map((it) => [it.date, it.sessions, it.cost_usd])];
}

function pair({ label, of, show }, sessions) {
  const made = element('div');
  const { text } = change(of(sessions), of(sessions.previous));
  made.append(element('dt', '', label), element('dd', '', show(of(sessions))), element('dd', 'change', text));
  return made;
}

function seconds(value) {
  return value === null ? null : value * 1000;
}

/** The sum of what is known; null where nothing is. */
function total(...values) {
  const known = values.filter((it) => it !== null);
  return known.length ? known.reduce((sum, it) => sum + it, 0) : null;
}
