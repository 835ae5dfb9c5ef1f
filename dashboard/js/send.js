// How to send events: on the empty page, and behind a button later.

import { apiUrl } from './api.js';
import { copy, hook, setText } from './dom.js';
import { isLocal, ways } from './ways.js';

const SAID_MS = 2000;

/** Fill every place that is for the ways to send. */
export function setUpSending(page) {
  const origin = new URL(apiUrl('/')).origin;
  for (const place of page.querySelectorAll('[data-ways]')) {
    place.append(...ways(origin).map((way, index) => wayElement(way, index === 0, place.dataset.ways)));
  }
  for (const warning of page.querySelectorAll('[data-local]')) warning.hidden = !isLocal(origin);
  const dialog = hook(page, 'send');
  hook(page, 'send-open').addEventListener('click', () => dialog.showModal());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
}

/** group: of those only one is open. */
function wayElement({ name, about, command }, open, group) {
  const made = copy('way');
  made.name = group;
  made.open = open;
  setText(hook(made, 'name'), name);
  setText(hook(made, 'about'), about);
  setText(hook(made, 'command'), command);
  const code = hook(made, 'command').parentElement;
  code.setAttribute('aria-label', `${name}: what to run`);
  const copier = hook(made, 'copy');
  copier.addEventListener('click', async () => setText(copier, (await copied(command)) ? 'Copied' : 'Select it'));
  copier.addEventListener('click', () => setTimeout(() => setText(copier, 'Copy'), SAID_MS));
  return made;
}

/** Whether the browser let a text be copied; a page without HTTPS may not. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
