// By: how use divides over agents, versions, triggers and systems.

import { bars, doughnut, shadeOf } from '../charts.js';
import { element, hook } from '../dom.js';
import { count, exact, FEW, named, OTHER, percent } from '../format.js';
import { FILTERS } from '../state.js';
import { Table } from '../table.js';

const DOUGHNUTS = ['agent', 'trigger'];

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
      const rows = data[by].map((it) => [it.key, it.invocations, it.unique_users, ...rates(it), it.p50, it.p95]);
      return [[by, 'invocations', 'people', 'success_rate', 'error_rate', 'p50_ms', 'p95_ms'], ...rows];
    },
  };
}

/** Whether a value of a dimension can be looked at alone. */
function canFilter(by, value) {
  return FILTERS.includes(by) && value !== OTHER;
}

/** Success and error rate; where both are naught, no outcome is known. */
function rates(row) {
  const both = [Number(row.success_rate), Number(row.error_rate)];
  return both[0] + both[1] === 0 ? [null, null] : both;
}

function columns(by, app) {
  const key = {
    name: 'key',
    label: by === 'os' ? 'System' : by[0].toUpperCase() + by.slice(1),
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
      const hadFocus = cell.contains(document.activeElement);
      cell.replaceChildren(dot, known);
      if (hadFocus) known.focus();
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
    { name: 'people', label: 'People', number: true, of: (row) => row.unique_users, fill: (cell, value) => (cell.textContent = count(value)) },
    {
      name: 'success',
      label: 'Success',
      number: true,
      of: (row) => [rates(row)[0], row.invocations],
      fill(cell, [success, invocations]) {
        cell.replaceChildren(element('span', '', percent(success)));
        cell.title = invocations < FEW && success !== null ? `Of at most ${exact(invocations)}` : '';
        if (invocations < FEW && success !== null) cell.append(element('span', 'few', 'of few'));
      },
    },
  ];
}
