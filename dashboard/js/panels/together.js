// What is used before and after one tool in a session.

import { element, hook, setText } from '../dom.js';
import { count, day, parseTime, plural } from '../format.js';
import { setNote } from '../panel.js';
import { isAmongChosen } from '../state.js';
import { Table } from '../table.js';
import { keyOf, ownCategory, sharedNames, toolOf } from '../tool.js';

const FIRST_ROWS = 6;
const SIDES = ['before', 'after'];

export const needs = ['together'];

export const isEmpty = ({ together }) => together.pairs.length === 0;

/** Why there is nothing: a day is counted when it is over, and a pair is told from five people on. */
export function emptiness({ together: { until, hidden } }) {
  if (!until) return 'Days are counted when they are over; none is yet.';
  if (hidden) return `${plural(hidden, 'pair')} of fewer than 5 people: too few to tell.`;
  return `Nothing else was used in the same session, up to ${day(parseTime(until))}.`;
}

let tables;

export function setUp(section, app) {
  const number = (name, label, of) => ({ name, label, number: true, of, fill: (cell, value) => setText(cell, count(value)) });
  tables = Object.fromEntries(
    SIDES.map((side) => [
      side,
      new Table(hook(section, side), {
        columns: [
          { name: 'name', label: side === 'before' ? 'Used before' : 'Used after', of: ({ tool, category }) => [tool, category], fill: (cell, value) => fillName(cell, value, app) },
          { name: 'sessions', label: 'Sessions', number: true, of: ({ sessions, most }) => [sessions, most], fill: fillSessions },
          number('people', 'People', (row) => row.unique_users),
        ],
        rowKey: ({ tool }) => keyOf(tool),
        first: FIRST_ROWS,
      }),
    ]),
  );
}

export function render(section, { together }, { filters }) {
  const { pairs, hidden, until } = together;
  const most = Math.max(...pairs.map((it) => it.sessions));
  const shared = sharedNames(pairs.flatMap((it) => SIDES.map((side) => it[side])));
  for (const [side, other] of [SIDES, ['after', 'before']]) {
    const rows = pairs
      .filter((it) => isAmongChosen(filters, toolOf(it[other])))
      .map((it) => ({ ...it, tool: toolOf(it[side]), category: ownCategory(toolOf(it[side]), shared), most }));
    tables[side].render(rows);
  }
  setNote(section, `in one session, up to ${day(parseTime(until))}${hidden ? `; ${plural(hidden, 'pair')} more of fewer than 5 people` : ''}`);
}

export function table({ together }) {
  const heads = ['before', 'category', 'after', 'category', 'sessions', 'people'];
  const rows = together.pairs.map(({ before, after, sessions, unique_users: people }) => [
    before.tool_name, before.tool_category, after.tool_name, after.tool_category, sessions, people,
  ]);
  return [heads, ...rows];
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
