// At a glance: five figures, what became of them since the window before, and their course.

import { copy, hook, setText } from '../dom.js';
import { change, count, duration, ESTIMATE_ERROR, estimatedChange, exact, fewNote, percent, rate, UNKNOWN } from '../format.js';
import { beforeInWords, isOpen } from '../period.js';
import { sparkline } from '../spark.js';

// good: which direction is good news; estimate: whether it is one, whose least changes mean nothing
const FIGURES = [
  { name: 'invocations', label: 'Invocations', good: 1, of: (it) => it.total_invocations, show: count, course: (it) => it.invocations },
  { name: 'people', label: 'People', good: 1, of: (it) => it.unique_users, show: count, course: (it) => it.users },
  {
    name: 'success',
    label: 'Success rate',
    good: 1,
    points: true,
    of: (it) => rate(it.success_rate, it.known_outcomes),
    show: percent,
    few: (it) => fewNote(it.known_outcomes),
    course: (it) => (it.known_outcomes ? (100 * it.success) / it.known_outcomes : null),
  },
  { name: 'p50', label: 'Typical time', hint: 'p50', good: -1, estimate: true, of: (it) => it.p50_duration_ms, show: duration, course: (it) => it.p50 },
  { name: 'p95', label: 'Slow time', hint: 'p95', good: -1, estimate: true, of: (it) => it.p95_duration_ms, show: duration, course: (it) => it.p95 },
];

export const needs = ['summary', 'timeseries'];

export const isEmpty = ({ summary }) => summary.total_invocations === 0;

export function setUp(section) {
  const cards = FIGURES.map(({ name, label, hint = '' }) => {
    const card = copy('figure');
    card.dataset.figure = name;
    setText(hook(card, 'label'), label);
    setText(hook(card, 'hint'), hint);
    for (const name of ['value', 'change']) setText(hook(card, name), UNKNOWN); // of the size that is to come
    return card;
  });
  hook(section, 'figures').append(...cards);
}

export function render(section, { summary, timeseries }, view) {
  for (const { name, good, points, estimate, of, show, few, course } of FIGURES) {
    const card = hook(section, `figure="${name}"`);
    const value = of(summary);
    setText(hook(card, 'value'), show(value));
    hook(card, 'value').title = name === 'invocations' || name === 'people' ? exact(value) : '';
    setText(hook(card, 'few'), few?.(summary) ?? '');
    const before = of(summary.previous);
    const { text, direction } = estimate ? estimatedChange(value, before) : change(value, before, points);
    const delta = hook(card, 'change');
    setText(delta, text || (value === null ? 'not measured' : 'no earlier data'));
    const exactness = estimate ? `, each within ${percent(100 * ESTIMATE_ERROR)}` : '';
    delta.title = text ? `${beforeInWords(view)}: ${show(before)}${exactness}` : '';
    delta.dataset.news = direction === 0 ? 'none' : direction === good ? 'good' : 'bad';
    const values = courseOf(timeseries.map(course), isOpen(view, Date.now()));
    const drawn = values.filter((it) => it !== null).length > 1; // one is a dot, which says nothing
    sparkline(hook(card, 'spark'), drawn ? values : [], estimate ? ESTIMATE_ERROR : 0);
  }
}

/** A last bucket that is not over yet says nothing by being lower. */
function courseOf(values, open) {
  return open && values.length > 2 && values.at(-1) < values.at(-2) ? values.slice(0, -1) : values;
}

export function table({ summary }) {
  const rows = FIGURES.map(({ label, hint, of }) => [hint ? `${label} (${hint}, ms)` : label, of(summary), of(summary.previous)]);
  return [['figure', 'now', 'before'], ...rows];
}
