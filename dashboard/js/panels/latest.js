// The latest errors, one by one.

import { element, hook, timeElement } from '../dom.js';
import { duration } from '../format.js';
import { Table } from '../table.js';
import { neededCategory, sharedNames, toolOf } from '../tool.js';

export const needs = ['errors'];

export const uses = ['tools']; // which names need their category

export const nothing = 'No errors';

export const isEmpty = ({ errors }) => errors.errors.length === 0;

let shown;

export function setUp(section, app) {
  shown = new Table(hook(section, 'table'), {
    columns: [
      { name: 'time', label: 'When', of: (row) => row.timestamp, fill: (cell, value) => cell.replaceChildren(timeElement(value)) },
      {
        name: 'what',
        label: 'What',
        of: (row) => [toolOf(row), row.category, row.error_type, row.error_message],
        fill(cell, [tool, category, type, message]) {
          const button = element('button', 'name', tool.name);
          button.type = 'button';
          button.title = category ? `Only ${tool.name} of ${category}` : `Only ${tool.name}`;
          button.addEventListener('click', () => app.filterTool(tool));
          cell.replaceChildren(button);
          if (category) cell.append(element('span', 'category', `of ${category}`));
          cell.append(element('span', 'type', type ?? 'no type'));
          if (message) {
            const said = element('span', 'message', message);
            said.title = message;
            cell.append(said);
          }
        },
      },
      { name: 'duration', label: 'After', number: true, of: (row) => row.duration_ms, fill: (cell, value) => (cell.textContent = duration(value)) },
    ],
    rowKey: (row) => row.key,
    first: 8,
  });
}

export function render(_section, { errors, tools = [] }) {
  const shared = sharedNames([...tools, ...errors.groups]);
  shown.render(numbered(errors.errors).map((error) => ({ ...error, category: neededCategory(toolOf(error), shared) })));
}

export function table({ errors }) {
  const rows = errors.errors.map((it) => [it.timestamp, it.tool_name, it.tool_category, it.error_type, it.error_message, it.duration_ms]);
  return [['time (UTC)', 'tool', 'category', 'error_type', 'error_message', 'duration_ms'], ...rows];
}

/** Errors with a key of their own: their text, and which of its like they are. */
function numbered(errors) {
  const seen = new Map();
  return errors.map((error) => {
    const text = JSON.stringify(error);
    const like = (seen.get(text) ?? 0) + 1;
    seen.set(text, like);
    return { ...error, key: `${like} ${text}` };
  });
}
