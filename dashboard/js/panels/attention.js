// What stands out, with a way there.

import { attention } from '../attention.js';
import { element, hook } from '../dom.js';
import { neededCategory, sharedNames } from '../tool.js';

export const needs = ['summary', 'tools'];

export const isEmpty = ({ summary }) => summary.total_invocations === 0;

export function setUp() {}

export function render(section, { summary, tools }, view, app) {
  const found = attention(summary, view.filters.tool ? [] : tools);
  const shared = sharedNames(tools);
  section.dataset.calm = String(found.length === 0);
  const items = found.map(({ text, tool }) => {
    const item = element('li');
    if (tool) {
      const button = element('button', 'link', tool.name);
      button.type = 'button';
      button.addEventListener('click', () => app.filterTool(tool));
      const category = neededCategory(tool, shared);
      item.append(button, category ? ` of ${category} ` : ' ');
    }
    item.append(text);
    return item;
  });
  hook(section, 'list').replaceChildren(...(items.length ? items : [element('li', '', 'Nothing stands out.')]));
}
