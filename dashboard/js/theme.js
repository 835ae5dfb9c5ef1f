// Light, dark, or as the system has it. Runs before the first paint; emits 'themechange' on the document.

import { store } from './store.js';

const NAME = 'track-skills.theme';
export const THEMES = ['system', 'light', 'dark'];
const system = matchMedia('(prefers-color-scheme: dark)');

export function theme() {
  const kept = store.get(NAME);
  return THEMES.includes(kept) ? kept : 'system';
}

export function setTheme(name) {
  store.set(NAME, name);
  apply();
}

function apply() {
  document.documentElement.dataset.theme = theme();
  document.dispatchEvent(new Event('themechange'));
}

system.addEventListener('change', () => document.dispatchEvent(new Event('themechange')));
apply();
