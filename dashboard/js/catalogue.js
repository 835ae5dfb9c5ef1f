// What a catalogue says beside what is used: four groups, each with what to do next. Pure.

import { count, plural } from './format.js';

const MOST = 12; // of a group's tools are named

/** [{title, advice, tools: [{name, category, detail}], more}] of an answer of /analytics/catalogue; groups without tools left out. */
export function groupsOf({ items, unlisted, invented, invented_hidden: hidden }) {
  const ofState = (state) => items.filter((it) => it.state === state);
  return [
    groupOf('Never used', 'Say in its description when to take it, or stop shipping it.', ofState('never'), costOf),
    groupOf('Gone quiet', 'Used before, not in this period. Ask who used it, or retire it.', ofState('dead'), lastOf),
    groupOf('Unlisted', 'Used, and in no catalogue. Push the one that ships it: track-skills catalogue push PATH', items.length ? unlisted : [], useOf),
    groupOf('Invented', 'Agents call it, and nobody has it. Give a skill that name, or say in a description what it is called.', invented, useOf, hidden),
  ].filter((group) => group.tools.length || group.more);
}

/** Of an answer that has nothing to compare, nothing is shown. */
export function isWithoutCatalogue({ items, invented }) {
  return items.length === 0 && invented.length === 0;
}

/** hidden: how many more are of too few people to be named. */
function groupOf(title, advice, rows, detail, hidden = 0) {
  const tools = rows.slice(0, MOST).map((row) => ({ name: row.tool_name, category: row.tool_category, detail: detail(row) }));
  const unnamed = rows.length - tools.length;
  const more = [unnamed ? `${count(unnamed)} more` : '', hidden ? `${count(hidden)} of too few people to be named` : ''].filter(Boolean).join(', ');
  return { title, advice, tools, more };
}

function costOf({ description_tokens: tokens }) {
  return tokens ? `${plural(tokens, 'token')} in each session` : '';
}

function lastOf({ last_used: last }) {
  return last ? `last used ${last.slice(0, 10)}` : '';
}

function useOf({ invocations, unique_users: people }) {
  return `${plural(invocations, 'use')} by ${plural(people, 'person', 'people')}`;
}
