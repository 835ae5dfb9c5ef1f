// Daily active people, and what the weeks and months make of them.

import { stackedBars } from '../charts.js';
import { hook, setText } from '../dom.js';
import { count, day, exact, parseTime, percent } from '../format.js';
import { setNote } from '../panel.js';
import { isOpen, lengthOf } from '../period.js';
import { Table } from '../table.js';

export const needs = ['retention'];

export const isEmpty = ({ retention }) => retention.daily_active_users.every((it) => it.dau === 0);

const LEAST_DAYS = 7; // of which people are told, and fewer are said

let shown;

export function setUp(section) {
  shown = new Table(hook(section, 'table'), {
    columns: [
      { name: 'date', label: 'Day (UTC)', of: (row) => row.date, fill: (cell, value) => (cell.textContent = day(parseTime(value))) },
      ...[['dau', 'People'], ['new', 'New'], ['returning', 'Returning']].map(([name, label]) => ({
        name,
        label,
        number: true,
        of: (row) => row[name],
        fill: (cell, value) => (cell.textContent = exact(value)),
      })),
    ],
    rowKey: (row) => row.date,
    first: 100,
  });
}

export function render(section, { retention }, view, app) {
  const open = isOpen(view, Date.now());
  const days = [...retention.daily_active_users].reverse();
  const labels = days.map((it) => day(parseTime(it.date)));
  const values = days.map((it) => it.dau);
  const canvas = hook(section, 'chart');
  canvas.setAttribute(
    'aria-label',
    `People a day, last ${retention.period}: ${count(values.at(-1))} on the last, at most ${count(Math.max(...values))}. The table has every figure.`,
  );
  stackedBars(canvas, {
    labels: labels.map((it, index) => (open && index === labels.length - 1 ? 'today' : it)),
    titles: labels.map((it, index) => `${it} (UTC day${open && index === labels.length - 1 ? ', so far' : ''})`),
    open,
    onPick: (index) => app.narrowTo(days[index].date),
    series: [
      { name: 'Returning', color: 'returning', values: days.map((it) => it.returning) },
      { name: 'New', color: 'fresh', values: days.map((it) => it.new) },
    ],
  });
  setNote(section, lengthOf(view) < LEAST_DAYS ? `last ${retention.period}` : '');
  setText(hook(section, 'weekly'), count(retention.weekly_active_users));
  setText(hook(section, 'monthly'), count(retention.monthly_active_users));
  setText(hook(section, 'stickiness'), retention.monthly_active_users ? percent(Number(retention.stickiness)) : '–');
  shown.render(retention.daily_active_users);
}

export function table({ retention }) {
  return [['date (UTC)', 'people', 'new', 'returning'], ...retention.daily_active_users.map((it) => [it.date, it.dau, it.new, it.returning])];
}
