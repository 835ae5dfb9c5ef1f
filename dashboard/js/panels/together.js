// What is used before and after one tool in a session, and what beside it, where nobody knows the order.

import { element, hook, setText } from '../dom.js';
import { count, day, parseTime, plural } from '../format.js';
import { setNote } from '../panel.js';
import { isAmongChosen } from '../state.js';
import { Table } from '../table.js';
import { keyOf, ownCategory, sharedNames, toolOf } from '../tool.js';

const FIRST_ROWS = 6;
const SIDES = { before: 'Used before', after: 'Used after', unordered: 'Used too, order unknown' };

export const needs = ['together'];

export const isEmpty = ({ together }) => together.pairs.length + together.unordered.length === 0;

/** Why there is nothing: a day is counted when it is over, and a pair is told from five people on. */
export function emptiness({ together: { until, hidden } }, view) {
  if (!until) return 'Days are counted when they are over; none is yet.';
  if (hidden) return `${plural(hidden, 'pair')} of fewer than 5 people: too few to tell${ofToday(view)}.`;
  return `Nothing else was used in the same session, up to ${day(parseTime(until))}${ofToday(view)}.`;
}

let tables;

export function setUp(section, app) {
  const number = (name, label, of) => ({ name, label, number: true, of, fill: (cell, value) => setText(cell, count(value)) });
  tables = Object.fromEntries(
    Object.entries(SIDES).map(([side, label]) => [
      side,
      new Table(hook(section, side), {
        columns: [
          { name: 'name', label, of: ({ tool, category }) => [tool, category], fill: (cell, value) => fillName(cell, value, app) },
          { name: 'sessions', label: 'Sessions', number: true, of: ({ sessions, most }) => [sessions, most], fill: fillSessions },
          number('people', 'People', (row) => row.unique_users),
        ],
        rowKey: ({ tool }) => keyOf(tool),
        first: FIRST_ROWS,
      }),
    ]),
  );
}

export function render(section, { together }, view) {
  const { pairs, unordered, hidden, until } = together;
  const most = Math.max(...[...pairs, ...unordered].map((it) => it.sessions));
  const sides = {
    before: pairs.map((it) => [it.before, it.after, it]),
    after: pairs.map((it) => [it.after, it.before, it]),
    unordered: unordered.flatMap((it) => [[...it.both, it], [...it.both.toReversed(), it]]),
  };
  const shared = sharedNames(Object.values(sides).flatMap((side) => side.map(([named]) => named)));
  for (const [side, found] of Object.entries(sides)) {
    const rows = found
      .filter(([, other]) => isAmongChosen(view.filters, toolOf(other)))
      .map(([named, , it]) => ({ ...it, tool: toolOf(named), category: ownCategory(toolOf(named), shared), most }));
    hook(section, side).parentElement.hidden = rows.length === 0;
    tables[side].render(rows);
  }
  setNote(section, `in one session, up to ${day(parseTime(until))}${ofToday(view)}${hidden ? `; ${plural(hidden, 'pair')} more of fewer than 5 people` : ''}`);
}

export function table({ together }) {
  const heads = ['before', 'category', 'after', 'category', 'order_known', 'sessions', 'people'];
  const row = (one, other, known, { sessions, unique_users: people }) => [
    one.tool_name, one.tool_category, other.tool_name, other.tool_category, known, sessions, people,
  ];
  const inOrder = together.pairs.map((it) => row(it.before, it.after, 'yes', it));
  return [heads, ...inOrder, ...together.unordered.map((it) => row(it.both[0], it.both[1], 'no', it))];
}

/** What becomes of today, where it is looked at. */
function ofToday({ from }) {
  return from ? '' : '; today counts when it is over';
}

function fillName(cell, [tool, category], app) {
  const button = element('button', 'name', tool.name);
  button.type = 'button';
  button.title = `The page of ${tool.name}`;
  button.addEventListener('click', () => app.filterTool(tool));
  cell.replaceChildren(button, ...(category ? [element('span', 'category', category)] : []));
}

function fillSessions(cell, [sessions, most]) {
  const bar = element('span', 'bar');
  bar.style.setProperty('--length', String(sessions / most));
  cell.replaceChildren(bar, element('span', 'figure', count(sessions)));
}
