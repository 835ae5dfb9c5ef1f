// By: how use divides over agents, versions, triggers and systems.

import { bars, doughnut, shadeOf } from '../charts.js';
import { element, hook, setText } from '../dom.js';
import { count, duration, exact, fewNote, grown, knownInWords, named, OTHER, percent, plural, rate } from '../format.js';
import { FILTERS } from '../state.js';
import { Table } from '../table.js';

const DOUGHNUTS = ['agent', 'trigger'];
const LABELS = { agent: 'agent', version: 'version', trigger: 'trigger', os: 'system' };

/** The panel of one dimension. */
export function breakdown(by) {
  let shown;
  return {
    needs: [by],

    isEmpty: (data) => data[by].length === 0,

    setUp(section, app) {
      shown = new Table(hook(section, 'table'), { columns: columns(by, app), rowKey: (row) => row.key, first: 5 });
    },

    render(section, data, view, app) {
      const rows = data[by];
      section.toggleAttribute('data-single', rows.length === 1);
      setText(hook(section, 'sentence'), rows.length === 1 ? sentence(by, rows[0]) : '');
      const total = rows.reduce((sum, row) => sum + row.invocations, 0);
      const canvas = hook(section, 'chart');
      const draw = DOUGHNUTS.includes(by) ? doughnut : bars;
      canvas.setAttribute('aria-label', `Invocations by ${by}: ${rows.filter((row) => row.key !== OTHER).length} in all. The table below has every figure.`);
      draw(canvas, {
        labels: rows.map((row) => named(row.key)),
        values: rows.map((row) => row.invocations),
        onPick: (index) => canFilter(by, rows[index].key) && app.filter(by, rows[index].key),
      });
      shown.render(
        rows.map((row, index) => ({
          ...row,
          share: (100 * row.invocations) / total,
          shade: shadeOf(index),
          selected: view.filters[by] === row.key,
        })),
      );
    },

    table(data) {
      const rows = data[by].map((it) => [it.key, it.invocations, it.previous.invocations, it.unique_users, ...rates(it), it.p50, it.p95]);
      return [[by, 'invocations', 'invocations_before', 'people', 'success_rate', 'error_rate', 'p50_ms', 'p95_ms'], ...rows];
    },
  };
}

/** What a panel of one value has to say. */
function sentence(by, row) {
  const what = row.key === 'unknown' ? `No use says which ${LABELS[by]}.` : `All use is of the ${LABELS[by]} ${named(row.key)}.`;
  const success = rates(row)[0];
  return `${what} ${plural(row.unique_users, 'person', 'people')}, ${success === null ? 'no outcome known' : `${percent(success)} success`}.`;
}

/** Whether a value of a dimension can be looked at alone. */
function canFilter(by, value) {
  return FILTERS.includes(by) && value !== OTHER;
}

/** Success and error rate; null where no outcome is known. */
function rates(row) {
  return [row.success_rate, row.error_rate].map((text) => rate(text, row.known_outcomes));
}

function columns(by, app) {
  const key = {
    name: 'key',
    label: LABELS[by][0].toUpperCase() + LABELS[by].slice(1),
    of: (row) => [row.key, row.shade, row.selected],
    fill(cell, [value, shade, selected]) {
      const dot = element('span', 'dot');
      dot.dataset.shade = shade;
      const choice = canFilter(by, value);
      const known = element(choice ? 'button' : 'span', value === OTHER ? 'name rarest' : 'name', named(value));
      known.title = named(value);
      if (choice) {
        known.type = 'button';
        known.setAttribute('aria-pressed', String(selected));
        known.addEventListener('click', () => app.filter(by, value));
      }
      cell.replaceChildren(dot, known);
    },
  };
  return [
    key,
    {
      name: 'invocations',
      label: 'Use',
      number: true,
      of: (row) => [row.invocations, row.share],
      fill(cell, [invocations, share]) {
        const number = element('span', 'figure', count(invocations));
        number.title = exact(invocations);
        cell.replaceChildren(number, element('span', 'share', percent(share)));
      },
    },
    {
      name: 'change',
      label: 'Change',
      number: true,
      of: (row) => [row.invocations, row.previous.invocations],
      fill(cell, [invocations, before]) {
        setText(cell, grown(invocations, before).text);
        cell.title = `Before: ${plural(before, 'use')}`;
      },
    },
    { name: 'people', label: 'People', number: true, of: (row) => row.unique_users, fill: (cell, value) => (cell.textContent = count(value)) },
    ...['p50', 'p95'].map((name) => ({ name, label: name, number: true, of: (row) => row[name], fill: (cell, value) => setText(cell, duration(value)) })),
    {
      name: 'success',
      label: 'Success',
      number: true,
      of: (row) => [rates(row)[0], row.known_outcomes],
      fill(cell, [success, known]) {
        cell.replaceChildren(element('span', '', percent(success)));
        cell.title = knownInWords(known);
        if (fewNote(known)) cell.append(element('span', 'few', fewNote(known)));
      },
    },
  ];
}
