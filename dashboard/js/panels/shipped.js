// What is shipped against what is used: never used, gone quiet, unlisted, invented, loaded; each with what to do next.

import { element, hook, setText, timeElement } from '../dom.js';
import { count, plural } from '../format.js';
import { Table } from '../table.js';
import { keyOf, ownCategory, sharedNames, toolOf } from '../tool.js';

const FIRST_ROWS = 6;

const text = (write) => (cell, value) => setText(cell, write(value));
const figure = (name, label, of, title) => ({ name, label, title, number: true, of, fill: text(count) });
const PEOPLE = figure('people', 'People', (row) => row.unique_users);
const LAST = { name: 'last', label: 'Last used', number: true, of: (row) => row.last_used, fill: (cell, value) => cell.replaceChildren(timeElement(value, true)) };
const SOURCE = { name: 'source', label: 'Shipped by', of: (row) => row.source, fill: text(String) };
const TOKENS = figure('tokens', 'Tokens', (row) => row.loaded_tokens ?? row.description_tokens, 'Of its description, times the sessions that are known');

const KINDS = {
  never: {
    rows: (it) => it.items.filter((row) => row.state === 'never'),
    total: (it) => it.totals.never,
    columns: [SOURCE, TOKENS],
    next: (it) => `Let the description say when to use it, or take it out: it is read in every session${cost(it, 'never')}.`,
    nothing: (it) =>
      it.sources.length
        ? 'All that is shipped was used.'
        : 'This page does not know what you ship. “track-skills catalogue push .” in a plugin, a marketplace or a folder of skills tells it; docs/guides/catalogue.md has the rest.',
  },
  quiet: {
    rows: (it) => it.items.filter((row) => row.state === 'dead'),
    total: (it) => it.totals.dead,
    columns: [LAST, SOURCE, TOKENS],
    next: (it) => `Used before, and not in this period: what changed when it stopped? A release, a new name, another tool that does it${cost(it, 'dead')}.`,
  },
  unlisted: {
    rows: (it) => (it.sources.length ? it.unlisted : []),
    total: (it) => it.totals.unlisted,
    columns: [figure('uses', 'Uses', (row) => row.invocations), PEOPLE, LAST],
    next: () => 'Used, and in no catalogue: push it if it is yours, or give its uses the category that it is pushed with.',
    isThere: true,
  },
  invented: {
    rows: (it) => it.invented,
    total: (it) => it.totals.invented,
    columns: [figure('uses', 'Calls', (row) => row.invocations), PEOPLE, { ...LAST, label: 'Last called' }],
    next: (it) => `Agents call these and find nothing: give a tool that name, or the right one to its description.${hidden(it)}`,
  },
  reach: {
    rows: (it) => it.reach.map((row) => ({ ...row, tool_name: row.plugin, tool_category: row.version ?? '' })),
    total: (it) => it.reach.length,
    columns: [
      figure('loaded', 'Loaded by', (row) => row.loaded_by),
      { ...figure('used', 'Used by', (row) => row.used_by), fill: text((value) => (value === null ? 'masked' : count(value))) },
    ],
    next: () => 'People whose agents have it loaded, and how many of them used any of it.',
    label: 'Plugin',
  },
};

export const SHIPPED = Object.keys(KINDS);

/** The panel of one kind. */
export function shipped(kind) {
  const { rows, total, columns, next, nothing, isThere, label } = KINDS[kind];
  let shown;
  return {
    needs: ['catalogue'],

    optional: !nothing, // without rows there is no panel

    isEmpty: ({ catalogue }) => rows(catalogue).length === 0,

    emptiness: nothing && (({ catalogue }) => nothing(catalogue)),

    setUp(section, app) {
      const name = { name: 'name', label: label ?? 'Tool', of: (row) => [toolOf(row), row.category], fill: (cell, it) => fillName(cell, it, isThere && app) };
      shown = new Table(hook(section, 'table'), { columns: [name, ...columns], rowKey: (row) => keyOf(toolOf(row)) + (row.source ?? ''), first: FIRST_ROWS });
    },

    render(section, { catalogue }) {
      const found = rows(catalogue);
      const shared = sharedNames(found);
      setText(hook(section, 'note'), plural(total(catalogue), kind === 'reach' ? 'version' : 'tool'));
      setText(hook(section, 'next'), next(catalogue));
      shown.render(found.map((row) => ({ ...row, category: ownCategory(toolOf(row), shared) })));
    },

    table({ catalogue }) {
      const found = rows(catalogue);
      const heads = Object.keys(found[0] ?? {});
      return [heads, ...found.map((row) => heads.map((head) => row[head]))];
    },
  };
}

function fillName(cell, [tool, category], app) {
  const name = element(app ? 'button' : 'span', 'name', tool.name);
  name.title = tool.name;
  if (app) {
    name.type = 'button';
    name.addEventListener('click', () => app.filterTool(tool));
  }
  cell.replaceChildren(name, ...(category ? [element('span', 'in', category)] : []));
}

/** What descriptions of a state cost, where sessions are known. */
function cost({ items, sessions }, state) {
  const tokens = items.filter((row) => row.state === state).reduce((sum, row) => sum + (row.loaded_tokens ?? 0), 0);
  return tokens ? `, ${count(tokens)} tokens in the ${plural(sessions, 'session')} of this period` : '';
}

function hidden({ invented_hidden: more }) {
  return more ? ` ${plural(more, 'more name')} of fewer than five people.` : '';
}
