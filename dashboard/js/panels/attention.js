// What stands out, with a way there.

import { attention } from '../attention.js';
import { element, hook } from '../dom.js';
import { isAmongChosen } from '../state.js';
import { neededCategory, sharedNames, toolOf } from '../tool.js';

export const needs = ['summary', 'tools'];

export const uses = ['versions'];

export const isEmpty = ({ summary }) => summary.total_invocations === 0;

export function setUp() {}

export function render(section, { summary, tools, versions }, view, app) {
  const found = attention(summary, view.filters.tool ? tools.filter((it) => isAmongChosen(view.filters, toolOf(it))) : tools, versions);
  const shared = sharedNames(tools);
  section.dataset.calm = String(found.length === 0);
  const items = found.map(({ text, tool }) => {
    const item = element('li');
    if (tool && view.filters.tool) {
      item.append(element('strong', '', tool.name), ' ');
    } else if (tool) {
      const button = element('button', 'link', tool.name);
      button.type = 'button';
      button.addEventListener('click', () => app.filterTool(tool, 'groups'));
      const category = neededCategory(tool, shared);
      item.append(button, category ? ` of ${category} ` : ' ');
    }
    item.append(text);
    return item;
  });
  hook(section, 'list').replaceChildren(...(items.length ? items : [element('li', '', 'Nothing stands out.')]));
}
