// What is looked at, and how it is written in the URL. The state emits 'change'.

import { OTHER } from './format.js';
import * as period from './period.js';

export const FILTERS = ['tool', 'category', 'agent', 'version', 'trigger'];
export const SORTS = ['name', 'invocations', 'people', 'success', 'change', 'p50', 'p95', 'triggers', 'cost', 'each', 'last', 'movers', 'new'];

const START = { ...period.START, filters: {}, search: '', sort: 'invocations', ascending: false };

/** The view that a URL's query asks for; what it does not know or cannot be is left out. */
export function parse(query) {
  const values = new URLSearchParams(query);
  const sort = values.get('sort') ?? '';
  const [, minus, column] = /^(-?)(.*)$/.exec(sort);
  const sorted = SORTS.includes(column);
  return {
    ...period.parsePeriod(values),
    filters: Object.fromEntries(FILTERS.filter((name) => canBe(values.get(name))).map((name) => [name, values.get(name)])),
    search: values.get('search') ?? START.search,
    sort: sorted ? column : START.sort,
    ascending: sorted ? !minus : START.ascending,
  };
}

/** A view as a URL's query: the period always, the rest where it is not as usual. */
export function serialize(view) {
  const values = new URLSearchParams(view.from ? { from: view.from, to: view.to } : { days: view.days });
  if (view.compare !== START.compare) values.set('compare', view.compare);
  for (const name of FILTERS) if (view.filters[name]) values.set(name, view.filters[name]);
  if (view.search) values.set('search', view.search);
  if (view.sort !== START.sort || view.ascending !== START.ascending) {
    values.set('sort', `${view.ascending ? '' : '-'}${view.sort}`);
  }
  return `?${values}`;
}

/** Filters with one more, or without it where it is set to that already. */
export function toggled(filters, name, value) {
  const { [name]: current, ...rest } = filters;
  return current === value ? rest : { ...rest, [name]: value };
}

/** Filters with a tool, {name, category}: the way to its page. */
export function withTool(filters, { name, category }) {
  return { ...filters, tool: name, category };
}

/** Filters with a category and no tool in it, or without it where it is set to that already. */
export function toggledCategory(filters, category) {
  const rest = without(without(filters, 'tool'), 'category');
  return filters.category === category && !filters.tool ? rest : { ...rest, category };
}

/** Whether filters are set to one tool, by name and category: its page. */
export function isOneTool({ tool, category }) {
  return Boolean(tool && category);
}

/** Whether filters are set to a tool, {name, category}, and to no other of its name. */
export function isChosen(filters, { name, category }) {
  return filters.tool === name && filters.category === category;
}

/** Whether a tool, {name, category}, is of what filters choose by name. */
export function isAmongChosen(filters, { name, category }) {
  return filters.tool === name && (filters.category ?? category) === category;
}

/** Filters without one of them; a tool takes its category along. */
export function without(filters, name) {
  const { [name]: removed, ...rest } = filters;
  return name === 'tool' && removed ? without(rest, 'category') : rest;
}

/** Whether a filter can be set to a text. */
function canBe(text) {
  return Boolean(text) && text !== OTHER;
}

export class State extends EventTarget {
  constructor(view) {
    super();
    this.view = view;
  }

  /** Change parts of the view. step: whether 'back' should undo it. */
  update(changes, step = true) {
    this.#become({ ...this.view, ...changes }, step ? 'step' : 'detail');
  }

  /** Become a whole view, as when the reader goes back. */
  replace(view) {
    this.#become(view, 'history');
  }

  #become(view, kind) {
    if (serialize(view) === serialize(this.view)) return;
    this.view = view;
    this.dispatchEvent(new CustomEvent('change', { detail: { kind } }));
  }
}
