// Tables whose rows are kept and only changed where they differ, a piece at a time, so that a refresh blocks nobody.

import { element, nextTask, setText } from './dom.js';
import { exact } from './format.js';

const PIECE_MS = 5; // of changing rows in one go
const MANY = 100; // rows, of which the unseen ones need no layout
const STEPS = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }; // rows, buttons in a row

/**
 * columns: [{name, label, title, of: row → what it shows (null: unknown), fill: (cell, shown) → puts it there, number}].
 * rowKey: row → what it is known by. first: how many rows are shown before more are asked for. onSort: takes a column's
 * name, where columns can be sorted. The buttons of the head are one tab stop and those of the rows another; arrow keys move
 * within them.
 */
export class Table {
  #columns;
  #rowKey;
  #first;
  #body;
  #heads = new Map();
  #kept = new Map(); // key → {row element, cells, shown}
  #rows = [];
  #all = false;
  #turn = 0;
  #more;
  #table;
  #stops = new Map(); // head or body → the button that Tab reaches

  /**
   * @param {HTMLTableElement} table
   * @param {{ columns: any[], rowKey: (row: any) => any, first: number, onSort?: (name: string) => void }} options
   */
  constructor(table, { columns, rowKey, first, onSort }) {
    this.#columns = columns;
    this.#rowKey = rowKey;
    this.#first = first;
    this.#table = table;
    table.setAttribute('role', 'table');
    const head = element('thead');
    head.setAttribute('role', 'rowgroup');
    const row = element('tr');
    row.setAttribute('role', 'row');
    row.append(...columns.map((column) => this.#head(column, onSort)));
    head.append(row);
    this.#body = element('tbody');
    this.#body.setAttribute('role', 'rowgroup');
    table.append(head, this.#body);
    for (const part of [head, this.#body]) {
      part.addEventListener('focusin', ({ target }) => this.#stopAt(part, target));
      part.addEventListener('keydown', (event) => step(part, event));
    }
    for (const button of head.querySelectorAll('button')) button.tabIndex = -1;
    this.#keepStop(head);
    if (onSort) table.setAttribute('aria-description', 'Arrow keys move between the columns and between the rows.');
    this.#more = element('button', 'more');
    this.#more.type = 'button';
    this.#more.hidden = true;
    this.#more.addEventListener('click', () => {
      this.#all = !this.#all;
      this.render(this.#rows);
    });
    table.after(this.#more);
  }

  /** Say which column the rows are sorted by. */
  markSort(name, ascending) {
    for (const [column, head] of this.#heads) {
      if (column === name) head.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
      else head.removeAttribute('aria-sort');
    }
  }

  /** Show rows in this order; a later call overtakes one that is not done yet. */
  async render(rows) {
    this.#rows = rows;
    const turn = ++this.#turn;
    const shown = this.#all ? rows : rows.slice(0, this.#first);
    this.#more.hidden = rows.length <= this.#first;
    setText(this.#more, this.#all ? 'Show fewer' : `Show all ${exact(rows.length)}`);
    this.#table.toggleAttribute('data-all', shown.length > MANY);
    const keys = new Set(shown.map(this.#rowKey));
    for (const [key, kept] of this.#kept) {
      if (keys.has(key)) continue;
      kept.row.remove();
      this.#kept.delete(key);
    }
    let place = this.#body.firstChild;
    let began = performance.now();
    for (const row of shown) {
      if (performance.now() - began > PIECE_MS) {
        this.#table.toggleAttribute('data-filling', true); // until then its panel keeps the room that it was given
        await nextTask();
        if (turn !== this.#turn) return;
        began = performance.now();
      }
      const made = this.#update(row);
      if (made === place) place = place.nextSibling;
      else this.#put(made, place);
    }
    this.#table.removeAttribute('data-filling');
    this.#keepStop(this.#body);
  }

  #stopAt(part, button) {
    const former = this.#stops.get(part);
    if (former === button || button.tagName !== 'BUTTON') return;
    if (former) former.tabIndex = -1;
    button.tabIndex = 0;
    this.#stops.set(part, button);
  }

  /** A part that has buttons has one that Tab reaches: the first, where the former one is gone. */
  #keepStop(part) {
    if (part.contains(this.#stops.get(part) ?? null)) return;
    const first = part.querySelector('button');
    if (first) this.#stopAt(part, first);
  }

  #update(row) {
    const key = this.#rowKey(row);
    let kept = this.#kept.get(key);
    if (!kept) {
      kept = { row: element('tr'), cells: this.#columns.map(cellOf), shown: [] };
      kept.row.setAttribute('role', 'row');
      kept.row.append(...kept.cells);
      this.#kept.set(key, kept);
    }
    kept.row.toggleAttribute('data-selected', Boolean(row.selected));
    this.#columns.forEach((column, index) => {
      const value = column.of(row);
      const shown = JSON.stringify(value);
      if (kept.shown[index] === shown) return;
      kept.shown[index] = shown;
      const cell = kept.cells[index];
      const hadFocus = cell.contains(document.activeElement);
      column.fill(cell, value);
      const buttons = cell.querySelectorAll('button');
      for (const button of buttons) button.tabIndex = -1;
      if (hadFocus) buttons[0]?.focus();
    });
    return kept.row;
  }

  /** A move keeps the focus where the browser knows how to. */
  #put(row, place) {
    if (row.isConnected && this.#body.moveBefore) this.#body.moveBefore(row, place);
    else this.#body.insertBefore(row, place);
  }

  #head(column, onSort) {
    const head = element('th', column.number ? 'number' : '');
    head.scope = 'col';
    head.setAttribute('role', 'columnheader');
    head.dataset.column = column.name;
    if (column.title) head.title = column.title;
    if (onSort) {
      const button = element('button', 'sort', column.label);
      button.type = 'button';
      button.addEventListener('click', () => onSort(column.name));
      head.append(button);
    } else {
      head.textContent = column.label;
    }
    this.#heads.set(column.name, head);
    return head;
  }
}

/** Move the focus by an arrow key: to the like button of the next row that has any, or along the row. */
function step(part, event) {
  const [down, along] = STEPS[event.key] ?? [0, 0];
  const row = event.target.closest('tr');
  const buttons = [...row.querySelectorAll('button')];
  const at = buttons.indexOf(event.target);
  if (at < 0 || !(down || along)) return;
  let next = buttons[at + along];
  if (down) {
    const rows = [...part.rows].filter((it) => it.querySelector('button'));
    const those = rows[rows.indexOf(row) + down]?.querySelectorAll('button') ?? [];
    next = those[Math.min(at, those.length - 1)];
  }
  event.preventDefault();
  next?.focus();
}

function cellOf(column, index) {
  const cell = element(index ? 'td' : 'th', column.number ? 'number' : '');
  if (!index) cell.scope = 'row';
  cell.setAttribute('role', index ? 'cell' : 'rowheader');
  cell.dataset.column = column.name;
  cell.dataset.label = column.label;
  return cell;
}
