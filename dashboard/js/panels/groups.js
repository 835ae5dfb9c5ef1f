// Where it hurts: errors that have tool and type in common.

import { copy, element, hook, timeElement } from '../dom.js';
import { count, plural } from '../format.js';
import { setNote } from '../panel.js';
import { LATEST_ERRORS } from '../queries.js';
import { sparkbars } from '../spark.js';
import { Table } from '../table.js';
import { trend } from '../trend.js';

export const needs = ['errors'];

export const nothing = 'No errors';

export const isEmpty = ({ errors }) => errors.groups.length === 0;

let shown;

export function setUp(section, app) {
  shown = new Table(hook(section, 'table'), {
    columns: [
      {
        name: 'error',
        label: 'Error',
        of: (row) => [row.tool_name, row.error_type],
        fill(cell, [tool, type]) {
          const button = element('button', 'name', type ?? 'no type');
          button.type = 'button';
          button.title = `Only ${tool}`;
          button.addEventListener('click', () => app.filter('tool', tool));
          cell.replaceChildren(button, element('span', 'in', tool));
        },
      },
      { name: 'count', label: 'Count', number: true, of: (row) => row.count, fill: (cell, value) => (cell.textContent = count(value)) },
      { name: 'people', label: 'People', number: true, of: (row) => row.users, fill: (cell, value) => (cell.textContent = count(value)) },
      {
        name: 'trend',
        label: 'Trend',
        of: (row) => row.trend,
        fill(cell, { counts, words }) {
          const svg = copy('spark');
          sparkbars(svg, counts);
          cell.replaceChildren(svg, element('span', 'unseen', words));
          cell.title = words;
        },
      },
      { name: 'first', label: 'First seen', number: true, of: (row) => row.first_seen, fill: (cell, value) => cell.replaceChildren(timeElement(value, true)) },
      { name: 'last', label: 'Last seen', number: true, of: (row) => row.last_seen, fill: (cell, value) => cell.replaceChildren(timeElement(value, true)) },
    ],
    rowKey: (row) => JSON.stringify([row.tool_name, row.error_type]),
    first: 8,
  });
}

export function render(section, { errors }, view) {
  const { of, partial } = trend(errors.errors, errors.errors.length >= LATEST_ERRORS, view.days, Date.now());
  shown.render(errors.groups.map((group) => ({ ...group, trend: of(group) })));
  const total = errors.groups.reduce((sum, group) => sum + group.count, 0);
  const basis = partial ? `, trends of the latest ${LATEST_ERRORS}` : '';
  setNote(section, `${plural(total, 'error')} in ${plural(errors.groups.length, 'group')}${basis}`);
}

export function table({ errors }) {
  const rows = errors.groups.map((it) => [it.tool_name, it.error_type, it.count, it.users, it.first_seen, it.last_seen]);
  return [['tool', 'error_type', 'count', 'people', 'first_seen (UTC)', 'last_seen (UTC)'], ...rows];
}
