// Over time: invocations stacked by outcome.

import { stackedBars } from '../charts.js';
import { hook } from '../dom.js';
import { clock, count, dateTime, day, exact, parseTime, plural } from '../format.js';
import { setNote } from '../panel.js';
import { inWords, isHourly, isOpen } from '../period.js';
import { Table } from '../table.js';

export const needs = ['timeseries'];

export const isEmpty = ({ timeseries }) => timeseries.every((bucket) => bucket.invocations === 0);

let shown;

export function setUp(section) {
  const number = (name, label) => ({
    name,
    label,
    number: true,
    of: (row) => row[name],
    fill: (cell, value) => {
      cell.textContent = exact(value);
    },
  });
  shown = new Table(hook(section, 'table'), {
    columns: [
      { name: 't', label: 'Time', of: (row) => row.title, fill: (cell, value) => (cell.textContent = value) },
      number('invocations', 'Invocations'),
      number('success', 'Success'),
      number('error', 'Errors'),
      number('other', 'Other'),
    ],
    rowKey: (row) => row.t,
    first: 100,
  });
}

export function render(section, { timeseries }, view, app) {
  setNote(section, inWords(view));
  const rows = bucketsOf(timeseries, view);
  const canvas = hook(section, 'chart');
  const total = (name) => rows.reduce((sum, row) => sum + row[name], 0);
  canvas.setAttribute(
    'aria-label',
    `Invocations, ${inWords(view)}: ${plural(total('success'), 'success', 'successes')}, ` +
      `${plural(total('error'), 'error')}, ${count(total('other'))} other. The table has every figure.`,
  );
  stackedBars(canvas, {
    labels: rows.map((row) => row.label),
    titles: rows.map((row) => row.title),
    open: isOpen(view, Date.now()),
    onPick: isHourly(view) ? undefined : (index) => app.narrowTo(rows[index].t.slice(0, 10)),
    series: [
      { name: 'Success', color: 'success', values: rows.map((row) => row.success) },
      { name: 'Other', color: 'other', values: rows.map((row) => row.other) },
      { name: 'Error', color: 'error', values: rows.map((row) => row.error) },
    ],
  });
  shown.render([...rows].reverse());
}

export function table({ timeseries }) {
  const rows = timeseries.map((it) => [it.t, it.invocations, it.success, it.error, otherOf(it), it.users, it.p50, it.p95]);
  return [['time (UTC)', 'invocations', 'success', 'error', 'other', 'people', 'p50_ms', 'p95_ms'], ...rows];
}

/** Buckets with what they are called: hours in the reader's zone, days as the UTC days that they are. */
function bucketsOf(timeseries, view) {
  const open = isOpen(view, Date.now());
  const hourly = isHourly(view);
  return timeseries.map((bucket, index) => {
    const date = parseTime(bucket.t);
    const last = open && index === timeseries.length - 1;
    const label = hourly ? (last ? 'now' : clock(date)) : last ? 'today' : day(date);
    const title = hourly ? dateTime(date) : `${day(date)} (UTC day${index === 0 && !view.from ? ', in part' : ''})`;
    return { ...bucket, other: otherOf(bucket), label, title: `${title}${last ? ', so far' : ''}` };
  });
}

function otherOf({ invocations, success, error }) {
  return invocations - success - error;
}
