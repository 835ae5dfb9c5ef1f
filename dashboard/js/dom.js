// Small helpers on the page. Text goes in as text and nothing else.

import { ago, dateTime, parseTime, utc, UNKNOWN } from './format.js';

/** The element with a data-* hook: hook(panel, 'note') is [data-note]; '="x"' may follow. */
export function hook(root, name) {
  return root.querySelector(`[data-${name}]`);
}

/**
 * A copy of a template's first element.
 * @returns {any}
 */
export function copy(name) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(`template-${name}`));
  return template.content.firstElementChild.cloneNode(true);
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Set text only where it differs, which keeps layout and selection. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** A <time> in the reader's zone with UTC on hover. relative: as '5 min ago'. */
export function timeElement(text, relative = false) {
  const date = parseTime(text);
  if (!date) return element('span', '', UNKNOWN);
  const made = element('time', '', relative ? ago(date, Date.now()) : dateTime(date));
  made.dateTime = date.toISOString();
  made.title = relative ? `${dateTime(date)} · ${utc(date)}` : utc(date);
  if (relative) made.dataset.relative = '';
  return made;
}

/** Let every 'ago' on the page be true again. */
export function refreshTimes(root = document) {
  const times = /** @type {NodeListOf<HTMLTimeElement>} */ (root.querySelectorAll('time[data-relative]'));
  for (const made of times) {
    setText(made, ago(new Date(made.dateTime), Date.now()));
  }
}

const { port1: here, port2: there } = new MessageChannel();
const awaited = [];
here.onmessage = () => awaited.shift()();

/** Let the browser paint and answer before going on: a message, as browsers hold timers back that follow each other. */
export function nextTask() {
  return new Promise((resolve) => {
    awaited.push(resolve);
    there.postMessage(null);
  });
}
