// Who comes back: people by the week of their first use, and how many of them came in each week after.

import { element, hook } from '../dom.js';
import { count, day, parseTime, percent } from '../format.js';
import { setNote } from '../panel.js';

const LEAST_SHADE = 8; // percent of the accent, so that one person is seen
const MOST_SHADE = 0.35; // of it, so that the text stays legible

export const needs = ['retention'];

export const optional = true;

export const isEmpty = ({ retention }) => !retention.cohorts.some((it) => it.people > 0);

export function setUp() {}

export function render(section, { retention }) {
  const cohorts = retention.cohorts.filter((it) => it.people > 0);
  const most = Math.max(...cohorts.map((it) => it.back.length), 0);
  const head = element('tr');
  head.append(headOf('Week of first use'), headOf('People', 'number'), ...Array.from({ length: most }, (_, index) => headOf(`+${index + 1}`, 'number')));
  const rows = cohorts.map((cohort) => {
    const row = element('tr');
    const week = element('th', '', day(parseTime(cohort.week)));
    week.scope = 'row';
    row.append(week, element('td', 'number', count(cohort.people)), ...cohort.back.map((back) => backOf(back, cohort.people)));
    return row;
  });
  const [thead, tbody] = [element('thead'), element('tbody')];
  thead.append(head);
  tbody.append(...rows);
  hook(section, 'table').replaceChildren(thead, tbody);
  setNote(section, 'of each week’s newcomers, how many came again so many weeks after');
}

export function table({ retention }) {
  const most = Math.max(...retention.cohorts.map((it) => it.back.length), 0);
  const heads = ['week', 'people', ...Array.from({ length: most }, (_, index) => `week_${index + 1}`)];
  return [heads, ...retention.cohorts.map((it) => [it.week, it.people, ...it.back, ...new Array(most - it.back.length).fill(null)])];
}

function headOf(text, className = '') {
  const made = element('th', className, text);
  made.scope = 'col';
  return made;
}

function backOf(back, people) {
  const share = (100 * back) / people;
  const made = element('td', 'number shade', percent(share));
  made.title = `${count(back)} of ${count(people)}`;
  made.style.setProperty('--share', `${back ? Math.max(LEAST_SHADE, share * MOST_SHADE) : 0}%`);
  return made;
}
