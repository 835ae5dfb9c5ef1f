// Where it hurts: errors that have tool and type in common.

import { gathered, inWords } from '../course.js';
import { copy, element, hook, timeElement } from '../dom.js';
import { count, named, plural } from '../format.js';
import { setNote } from '../panel.js';
import { isHourly, isOpen } from '../period.js';
import { sparkbars } from '../spark.js';
import { Table } from '../table.js';
import { isOther, keyOf, neededCategory, sharedNames, toolOf } from '../tool.js';

const BARS = 31; // more are too narrow to be told apart
const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];

export const needs = ['errors'];

export const uses = ['tools']; // which names need their category

export const nothing = 'No errors';

export const isEmpty = ({ errors }) => errors.groups.length === 0;

let shown;

export function setUp(section, app) {
  shown = new Table(hook(section, 'table'), {
    columns: [
      {
        name: 'error',
        label: 'Error',
        of: (row) => [toolOf(row), row.category, row.error_type],
        fill(cell, [tool, category, type]) {
          if (isOther(tool)) {
            cell.replaceChildren(element('span', 'name rarest', named(tool.name)));
            return;
          }
          const button = element('button', 'name', type ?? 'no type');
          button.type = 'button';
          const whole = category ? `${tool.name} of ${category}` : tool.name;
          button.title = `Only ${whole}`;
          button.addEventListener('click', () => app.filterTool(tool));
          const where = element('span', 'in', whole);
          where.title = whole;
          cell.replaceChildren(button, where);
        },
      },
      { name: 'count', label: 'Count', number: true, of: (row) => row.count, fill: (cell, value) => (cell.textContent = count(value)) },
      { name: 'people', label: 'People', number: true, of: (row) => row.users, fill: (cell, value) => (cell.textContent = count(value)) },
      {
        name: 'trend',
        label: 'Trend',
        of: (row) => [row.trend, row.course],
        fill(cell, [counts, words]) {
          const svg = copy('spark');
          sparkbars(svg, gathered(counts, BARS));
          cell.replaceChildren(svg, element('span', 'unseen', words));
          cell.title = words;
        },
      },
      { name: 'first', label: 'First seen', number: true, of: (row) => row.first_seen, fill: (cell, value) => cell.replaceChildren(timeElement(value, true)) },
      { name: 'last', label: 'Last seen', number: true, of: (row) => row.last_seen, fill: (cell, value) => cell.replaceChildren(timeElement(value, true)) },
    ],
    rowKey: (row) => JSON.stringify([keyOf(toolOf(row)), row.error_type]),
    first: 8,
  });
}

export function render(section, { errors, tools = [] }, view) {
  const shared = sharedNames([...tools, ...errors.groups]);
  const width = isHourly(view) ? HOUR_MS : DAY_MS;
  const passed = isOpen(view, Date.now()) ? (Date.now() % width) / width : 1;
  shown.render(
    errors.groups.map((group) => ({
      ...group,
      category: neededCategory(toolOf(group), shared),
      course: inWords(group.trend, passed),
    })),
  );
  const total = errors.groups.reduce((sum, group) => sum + group.count, 0);
  setNote(section, `${plural(total, 'error')} in ${plural(errors.groups.length, 'group')}`);
}

export function table({ errors }) {
  const rows = errors.groups.map((it) => [it.tool_name, it.tool_category, it.error_type, it.count, it.users, it.first_seen, it.last_seen]);
  return [['tool', 'category', 'error_type', 'count', 'people', 'first_seen (UTC)', 'last_seen (UTC)'], ...rows];
}
