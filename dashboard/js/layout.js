// What of a view decides which parts the page has: said on the root, for the style sheet.

import { isOneTool } from './state.js';

export function showLayout({ filters }) {
  const root = document.documentElement;
  root.dataset.page = isOneTool(filters) ? 'tool' : 'overview';
  root.toggleAttribute('data-filtered', Object.keys(filters).length > 0);
}
