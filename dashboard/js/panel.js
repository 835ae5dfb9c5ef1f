// A panel's state, set here and nowhere else: loading, empty, error or ready. The style sheet shows the part that fits.

import { copy, hook, setText } from './dom.js';

/** Give a panel the parts that show its states. */
export function prepare(section) {
  section.append(copy('states'));
  setState(section, 'loading');
}

/**
 * state: 'loading', 'empty', 'error' or 'ready'. message: what is wrong, or why there is nothing. While it loads, what was
 * ready stays in place, dimmed, so that the page does not jump; keep false takes it away. A note speaks of what is ready.
 */
export function setState(section, state, message = '', keep = true) {
  const former = section.dataset.state === 'ready' || section.hasAttribute('data-former');
  section.toggleAttribute('data-former', keep && state === 'loading' && former);
  section.dataset.state = state;
  section.setAttribute('aria-busy', String(state === 'loading'));
  const text = hook(section, `${state}-text`);
  if (text) setText(text, message);
  if (state === 'empty' || state === 'error') setNote(section, '');
}

/** A quiet word in the panel's head. */
export function setNote(section, text) {
  const note = hook(section, 'note');
  if (note) setText(note, text);
}

/** Show the panel's chart or its table; the button says which. */
export function setUpTableSwitch(section) {
  const button = hook(section, 'table-switch');
  button?.addEventListener('click', () => {
    const asTable = section.dataset.show !== 'table';
    section.dataset.show = asTable ? 'table' : 'chart';
    button.setAttribute('aria-pressed', String(asTable));
  });
}
