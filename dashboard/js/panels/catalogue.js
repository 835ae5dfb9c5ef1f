// What is shipped and not used, and what is used and not shipped.

import { groupsOf, isWithoutCatalogue } from '../catalogue.js';
import { element, hook } from '../dom.js';
import { setNote } from '../panel.js';

export const needs = ['catalogue'];

export const optional = true;

export const isEmpty = ({ catalogue }) => isWithoutCatalogue(catalogue) || groupsOf(catalogue).length === 0;

export function setUp() {}

export function render(section, { catalogue }) {
  const used = catalogue.items.filter((it) => it.state === 'used').length;
  setNote(section, catalogue.items.length ? `${used} of ${catalogue.items.length} that are shipped are used` : 'no catalogue has been pushed');
  hook(section, 'groups').replaceChildren(...groupsOf(catalogue).map(groupElement));
}

export function table({ catalogue }) {
  const heads = ['tool', 'category', 'source', 'state', 'invocations', 'people', 'last_used (UTC)', 'description_tokens'];
  const row = (it, state) => [it.tool_name, it.tool_category, it.source, it.state ?? state, it.invocations, it.unique_users, it.last_used, it.description_tokens];
  return [
    heads,
    ...catalogue.items.map((it) => row(it)),
    ...catalogue.unlisted.map((it) => row(it, 'unlisted')),
    ...catalogue.invented.map((it) => row(it, 'invented')),
  ];
}

function groupElement({ title, advice, tools, more }) {
  const made = element('section', 'catalogue-group');
  const list = element('ul');
  list.append(...tools.map(toolElement));
  if (more) list.append(element('li', 'quiet', more));
  made.append(element('h3', '', title), element('p', 'quiet', advice), list);
  return made;
}

function toolElement({ name, category, detail }) {
  const made = element('li');
  made.append(element('span', 'name', name), ' ', element('span', 'category', category), ' ', element('span', 'quiet', detail));
  return made;
}
