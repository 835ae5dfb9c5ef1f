// What stands out, with a way there.

import { attention } from '../attention.js';
import { element, hook } from '../dom.js';

export const needs = ['summary', 'tools'];

export const isEmpty = ({ summary }) => summary.total_invocations === 0;

export function setUp() {}

export function render(section, { summary, tools }, view, app) {
  const found = attention(summary, view.filters.tool ? [] : tools);
  section.dataset.calm = String(found.length === 0);
  const items = found.map(({ text, tool }) => {
    const item = element('li');
    if (tool) {
      const button = element('button', 'link', tool);
      button.type = 'button';
      button.addEventListener('click', () => app.filter('tool', tool));
      item.append(button, ' ');
    }
    item.append(text);
    return item;
  });
  hook(section, 'list').replaceChildren(...(items.length ? items : [element('li', '', 'Nothing stands out.')]));
}
