// Which: every tool, to sort, to search, and to look at alone.

import { element, hook, setText, timeElement } from '../dom.js';
import { count, duration, exact, fewNote, grown, knownInWords, money, named, parseTime, percent, plural, rate } from '../format.js';
import { searched, sorted } from '../sort.js';
import { isAmongChosen, isChosen } from '../state.js';
import { Table } from '../table.js';
import { isOther, keyOf, ownCategory, sharedNames, toolOf } from '../tool.js';

const FIRST_ROWS = matchMedia('(max-width: 759px)').matches ? 8 : 25;
const MASKED = ['custom_skill', 'mcp_tool']; // what agents call whose name they do not tell
const TRIGGERS = { user: 'typed by people', model: 'chosen by the model', nested: 'called by another', unknown: 'unknown' };

export const needs = ['tools'];

export const isEmpty = ({ tools }) => tools.length === 0;

const VALUES = {
  name: (row) => row.tool_name,
  invocations: (row) => row.invocations,
  change: (row) => grown(row.invocations, row.previous.invocations).by,
  people: (row) => row.unique_users,
  success: (row) => rate(row.success_rate, row.known_outcomes),
  p50: (row) => row.p50_duration_ms,
  p95: (row) => row.p95_duration_ms,
  triggers: (row) => row.triggers.user / row.invocations,
  cost: (row) => row.cost_usd,
  each: (row) => row.cost_per_use_usd,
  last: (row) => parseTime(row.last_used).getTime(),
  movers: (row) => Math.abs(row.invocations - row.previous.invocations),
  new: (row) => (row.first_used ? parseTime(row.first_used).getTime() : null),
};

let shown;
let answered = [];
let arranged = [];

export function setUp(section, app) {
  shown = new Table(hook(section, 'table'), {
    columns: columns(app),
    rowKey: (row) => keyOf(toolOf(row)),
    first: FIRST_ROWS,
    onSort(name) {
      const { sort, ascending } = app.state.view;
      app.state.update({ sort: name, ascending: sort === name ? !ascending : name === 'name' }, false);
    },
  });
  const search = hook(section, 'search');
  search.value = app.state.view.search;
  search.addEventListener('input', () => app.state.update({ search: search.value }, false));
  const order = hook(section, 'order');
  order.addEventListener('change', () => {
    const [, minus, sort] = /^(-?)(.*)$/.exec(order.value);
    app.state.update({ sort, ascending: !minus }, false);
  });
  app.state.addEventListener('change', () => {
    if (search.value !== app.state.view.search) search.value = app.state.view.search;
    if (section.dataset.state === 'ready') arrange(section, app.state.view);
  });
  hook(section, 'table').addEventListener('click', (event) => {
    const row = event.target.closest('tbody tr');
    if (row && !event.target.closest('button') && !getSelection().toString()) row.querySelector('button')?.click();
  });
}

export function render(section, { tools }, view) {
  answered = tools;
  hook(section, 'table').toggleAttribute('data-cost', tools.some((row) => row.cost_usd !== null)); // else there is nothing to show
  arrange(section, view);
}

export function table() {
  const heads = 'tool,category,invocations,invocations_before,people,people_before,success_rate,error_rate,known_outcomes,avg_ms,p50_ms,p95_ms,user,model,nested,unknown,last_used (UTC),first_used (UTC),input_tokens,output_tokens,cache_creation_tokens,cache_read_tokens,cost_usd,cost_per_use_usd';
  const rows = arranged.map((row) => [
    row.tool_name,
    row.tool_category,
    row.invocations,
    row.previous.invocations,
    row.unique_users,
    row.previous.unique_users,
    row.known_outcomes ? Number(row.success_rate) : null,
    row.known_outcomes ? Number(row.error_rate) : null,
    row.known_outcomes,
    row.p50_duration_ms === null ? null : row.avg_duration_ms,
    row.p50_duration_ms,
    row.p95_duration_ms,
    ...Object.keys(TRIGGERS).map((name) => row.triggers[name]),
    row.last_used,
    row.first_used,
    row.input_tokens,
    row.output_tokens,
    row.cache_creation_tokens,
    row.cache_read_tokens,
    row.cost_usd,
    row.cost_per_use_usd,
  ]);
  return [heads.split(','), ...rows];
}

function arrange(section, view) {
  const total = answered.reduce((sum, row) => sum + row.invocations, 0);
  const most = answered.reduce((most, row) => Math.max(most, row.invocations), 1);
  const found = searched(answered, (row) => `${row.tool_name} ${row.tool_category}`, view.search);
  const shared = sharedNames(answered);
  const rows = sorted(found, VALUES[view.sort], view.ascending).map((row) => ({
    ...row,
    share: (100 * row.invocations) / total,
    length: row.invocations / most,
    category: ownCategory(toolOf(row), shared),
    pressed: isChosen(view.filters, toolOf(row)),
    selected: isAmongChosen(view.filters, toolOf(row)),
  }));
  arranged = [...rows.filter((row) => row.selected), ...rows.filter((row) => !row.selected)];
  shown.markSort(view.sort, view.ascending);
  showOrder(hook(section, 'order'), `${view.ascending ? '' : '-'}${view.sort}`);
  shown.render(arranged);
  const tools = answered.filter((row) => !isOther(toolOf(row))).length;
  const some = found.length === answered.length ? '' : `${exact(found.length)} of `;
  setText(hook(section, 'note'), `${some}${plural(tools, 'tool')}${tools === answered.length ? '' : ' and the rarest'}`);
  hook(section, 'no-match').hidden = found.length > 0;
}

/** The order that the rows are in, where it is one of those that have a name. */
function showOrder(select, order) {
  select.value = order;
  if (select.selectedIndex < 0) select.value = '';
}

function columns(app) {
  const text = (cell, value) => {
    cell.textContent = value;
  };
  return [
    {
      name: 'name',
      label: 'Tool',
      of: (row) => [toolOf(row), row.category, row.pressed],
      fill(cell, [tool, category, pressed]) {
        if (isOther(tool)) {
          cell.replaceChildren(element('span', 'name rarest', named(tool.name)));
          return;
        }
        const button = element('button', 'name', tool.name);
        button.type = 'button';
        button.title = tool.name;
        button.setAttribute('aria-pressed', String(pressed));
        button.addEventListener('click', () => app.filterTool(tool));
        cell.replaceChildren(button);
        if (MASKED.includes(tool.name)) cell.append(element('span', 'in', 'masked by the agent: OTEL_LOG_TOOL_DETAILS=1 shows the name'));
        if (category) {
          const group = element('button', 'category', category);
          group.type = 'button';
          group.title = `Only the category ${category}`;
          group.addEventListener('click', () => app.filterCategory(category));
          cell.append(group);
        }
      },
    },
    {
      name: 'invocations',
      label: 'Invocations',
      number: true,
      of: (row) => [row.invocations, row.share, row.length],
      fill(cell, [invocations, share, length]) {
        const number = element('span', 'figure', count(invocations));
        number.title = exact(invocations);
        const bar = element('span', 'bar');
        bar.style.setProperty('--length', length);
        cell.replaceChildren(number, bar, element('span', 'share', percent(share)));
      },
    },
    {
      name: 'change',
      label: 'Change',
      title: 'Of invocations, against the period that is compared with',
      number: true,
      of: (row) => [row.invocations, row.previous],
      fill(cell, [invocations, previous]) {
        text(cell, grown(invocations, previous.invocations).text);
        cell.title = `Before: ${plural(previous.invocations, 'use')} by ${plural(previous.unique_users, 'person', 'people')}`;
      },
    },
    { name: 'people', label: 'People', number: true, of: (row) => row.unique_users, fill: (cell, value) => text(cell, count(value)) },
    {
      name: 'success',
      label: 'Success',
      number: true,
      of: (row) => [VALUES.success(row), row.known_outcomes],
      fill(cell, [value, known]) {
        cell.replaceChildren(element('span', toneOf(value), percent(value)));
        cell.title = knownInWords(known);
        if (fewNote(known)) cell.append(element('span', 'few', fewNote(known)));
      },
    },
    { name: 'p50', label: 'p50', title: 'Half of them take at most this long, within 3\u202f%', number: true, of: VALUES.p50, fill: (cell, value) => text(cell, duration(value)) },
    { name: 'p95', label: 'p95', title: '95 of 100 take at most this long, within 3\u202f%', number: true, of: VALUES.p95, fill: (cell, value) => text(cell, duration(value)) },
    {
      name: 'triggers',
      label: 'Triggered by',
      title: 'Sorted by how many were typed by people',
      of: (row) => row.triggers,
      fill(cell, triggers) {
        const total = Object.values(triggers).reduce((sum, value) => sum + value, 0);
        const parts = Object.entries(TRIGGERS).filter(([name]) => triggers[name]);
        const stack = element('span', 'stack');
        stack.append(
          ...parts.map(([name]) => {
            const part = element('span', `trigger-${name}`);
            part.style.setProperty('--length', triggers[name] / total);
            return part;
          }),
        );
        const [most] = parts.map(([name]) => name).sort((a, b) => triggers[b] - triggers[a]);
        cell.replaceChildren(stack, element('span', 'share', `${most} ${percent((100 * triggers[most]) / total)}`));
        cell.title = parts.map(([name, words]) => `${percent((100 * triggers[name]) / total)} ${words}`).join(', ');
      },
    },
    { name: 'cost', label: 'Cost', title: 'What its part of sessions cost, by the agent\'s own figure', number: true, of: VALUES.cost, fill: (cell, value) => text(cell, money(value)) },
    { name: 'each', label: 'A use', title: 'Cost for each use', number: true, of: VALUES.each, fill: (cell, value) => text(cell, money(value)) },
    { name: 'last', label: 'Last used', number: true, of: (row) => row.last_used, fill: (cell, value) => cell.replaceChildren(timeElement(value, true)) },
  ];
}

function toneOf(success) {
  if (success === null || success >= 90) return '';
  return success < 80 ? 'bad' : 'warn';
}
