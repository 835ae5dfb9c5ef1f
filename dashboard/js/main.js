// Puts the parts together: the state asks, the loader answers, the panels show.

import { isBlocked, key, report } from './api.js';
import { csv, fileName, MARK, save } from './csv.js';
import { copy, hook, nextTask, refreshTimes, setText } from './dom.js';
import { ago, clock, parseTime } from './format.js';
import { showLayout } from './layout.js';
import { Loader } from './loader.js';
import { prepare, setState, setUpTableSwitch } from './panel.js';
import * as attention from './panels/attention.js';
import { breakdown } from './panels/breakdown.js';
import * as cohorts from './panels/cohorts.js';
import * as glance from './panels/glance.js';
import * as groups from './panels/groups.js';
import * as invocations from './panels/invocations.js';
import * as latest from './panels/latest.js';
import * as people from './panels/people.js';
import * as sessions from './panels/sessions.js';
import { SHIPPED, shipped } from './panels/shipped.js';
import * as together from './panels/together.js';
import * as tools from './panels/tools.js';
import * as versions from './panels/versions.js';
import { arePeriod, inWords, START } from './period.js';
import { BREAKDOWNS, queries } from './queries.js';
import { Schedule } from './schedule.js';
import { setUpSending } from './send.js';
import { isChosen, isOneTool, parse, serialize, State, toggled, toggledCategory, without, withTool } from './state.js';
import { setTheme, theme, THEMES } from './theme.js';
import { toolOf } from './tool.js';
import { usageInWords } from './usage.js';
import { zip } from './zip.js';

/** By name; uses: reports that a panel does without until they are answered. @type {Record<string, any>} */
const PANELS = {
  glance,
  attention,
  invocations,
  people,
  tools,
  groups,
  latest,
  versions,
  together,
  cohorts,
  sessions,
  ...Object.fromEntries(SHIPPED.map((kind) => [kind, shipped(kind)])),
  ...Object.fromEntries(BREAKDOWNS.map((by) => [by, breakdown(by)])),
};

const HOORAY_MS = 8000;
const page = document.body;
const state = new State(parse(location.search));
const loader = new Loader(report);
const schedule = new Schedule(() => (isEmpty() ? look() : load('timer')));
const sections = new Map(Object.keys(PANELS).map((name) => [name, hook(page, `panel="${name}"`)]));
const waiting = new Set(); // panels that are to be shown, one in a task
let showing = false;
let looking = false;
const narrow = (filters) => state.update({ filters });
const app = {
  state,
  filter: (name, value) => narrow(toggled(state.view.filters, name, value)),
  filterTool(tool, panel = '') {
    narrow(withTool(state.view.filters, tool));
    goTo(panel);
  },
  narrowTo: (date) => state.update({ from: date, to: date }),
  filterCategory: (category) => narrow(toggledCategory(state.view.filters, category)),
};

for (const [name, section] of sections) {
  prepare(section);
  PANELS[name].setUp(section, app);
  setUpTableSwitch(section);
  hook(section, 'csv')?.addEventListener('click', () => saveTable(name));
  hook(section, 'try-again')?.addEventListener('click', () => load('reader'));
  hook(section, 'no-filters')?.addEventListener('click', () => state.update({ filters: {} }));
}
setUpHead();
setUpKey();
state.addEventListener('change', (/** @type {CustomEvent} */ { detail }) => {
  if (detail.kind === 'step') history.pushState(null, '', serialize(state.view));
  if (detail.kind === 'detail') history.replaceState(null, '', serialize(state.view));
  showView();
  if (detail.kind !== 'detail') load('view');
});
addEventListener('popstate', () => state.replace(parse(location.search)));
loader.addEventListener('result', (/** @type {CustomEvent} */ { detail }) => {
  showStatus();
  if (detail.name === 'tools') showUsage();
  for (const [name, { needs, uses = [] }] of Object.entries(PANELS)) if ([...needs, ...uses].includes(detail.name)) showSoon(name);
});
loader.addEventListener('loaded', (/** @type {CustomEvent} */ { detail }) => {
  const failure = detail.failures.find((it) => it.kind === 'key');
  if (failure) {
    askForKey(failure.message);
    return;
  }
  const found = looking && !isEmpty();
  looking = false;
  if (found) {
    celebrate();
    load('timer');
    return;
  }
  hook(page, 'key-input').value = '';
  schedule.ended(detail.failures.some((it) => it.kind === 'unreachable'), isEmpty());
  showStatus();
  refreshTimes();
});
setInterval(showAge, 1000);
showView();
load('view');

function load(by) {
  looking = false;
  loader.load(queries(state.view), by);
  for (const name of sections.keys()) showSoon(name);
  showStatus();
}

/** Whether the view has no event yet, as far as one cheap report knows. */
function isEmpty() {
  const { summary } = queries(state.view);
  const known = loader.result('summary');
  return !summary.readsEvents && known?.path === summary.path && known.data?.total_invocations === 0;
}

/** Look for a first event, by the one report that knows. */
function look() {
  looking = true;
  const { summary } = queries(state.view);
  loader.load({ summary }, 'timer');
}

/** Say that what was waited for is here. */
function celebrate() {
  const hooray = hook(page, 'hooray');
  setText(hooray, 'The first event is here.');
  setTimeout(() => setText(hooray, ''), HOORAY_MS);
}

/** Show a panel in a task of its own, once however often it is asked for. */
async function showSoon(name) {
  waiting.add(name);
  if (showing) return;
  showing = true;
  while (waiting.size) {
    await nextTask();
    const [next] = waiting;
    waiting.delete(next);
    show(next);
    showFailures(); // in the same task, or two panels would say the same for a moment
  }
  showing = false;
}

function show(name) {
  const panel = PANELS[name];
  const section = sections.get(name);
  const wanted = queries(state.view);
  if (panel.needs.some((need) => !wanted[need])) {
    section.hidden = true; // this view does not have it
    return;
  }
  const results = panel.needs.map((need) => loader.result(need));
  if (results.some((it, index) => it?.path !== wanted[panel.needs[index]].path)) return;
  const data = Object.fromEntries(panel.needs.map((need, index) => [need, results[index].data]));
  for (const use of panel.uses ?? []) data[use] = answerOf(use, wanted[use]?.path);
  if (results.every((it) => it.data !== undefined)) {
    section.hidden = Boolean(panel.optional && panel.isEmpty(data));
    if (panel.isEmpty(data)) {
      setState(section, 'empty', panel.emptiness?.(data, state.view) ?? emptiness(panel.nothing ?? 'Nothing'));
    } else {
      setState(section, 'ready');
      panel.render(section, data, state.view, app);
      showBasis(section, panel.needs.filter((need) => wanted[need].readsEvents).map((need) => loader.result(need).at));
    }
    return;
  }
  section.hidden = Boolean(panel.optional);
  const failed = results.find((it) => it.data === undefined && it.failure);
  setState(section, failed ? 'error' : 'loading', failed?.failure.message);
}

/** The data of a report, of the path that is wanted; undefined until it was answered. */
function answerOf(name, path) {
  const result = loader.result(name);
  return result && result.path === path ? result.data : undefined;
}

/** Why a panel is empty. nothing: what there is none of. */
function emptiness(nothing) {
  const filtered = Object.keys(state.view.filters).length > 0;
  const when = state.view.from ? `from ${inWords(state.view)}` : `in the ${inWords(state.view)}`;
  return `${nothing} ${when}${filtered ? ' with these filters' : ''}.`;
}

/** Where a panel is not refreshed by itself, it says so. times: when those of its reports that read events were answered. */
function showBasis(section, times) {
  const basis = hook(section, 'basis');
  if (!basis) return;
  basis.hidden = times.length === 0;
  setText(basis, times.length ? `Filtered across: refreshed on demand, as of ${clock(new Date(Math.min(...times)))}` : '');
}

/** @returns {NodeListOf<HTMLElement>} */
function elements(selector) {
  return page.querySelectorAll(selector);
}

function showView() {
  const { days, from, filters } = state.view;
  for (const button of elements('[data-range]')) {
    button.setAttribute('aria-pressed', String(!from && Number(button.dataset.range) === days));
  }
  const was = document.documentElement.dataset.page;
  showLayout(state.view);
  showDates();
  showTool(was);
  const period = inWords(state.view);
  document.title = `${filters.tool ?? 'Track Skills'} · ${period}`;
  setText(hook(page, 'welcome-title'), `No events ${from ? 'from' : 'in the'} ${period}`);
  const chips = Object.entries(filters).map(([name, value]) => {
    const chip = copy('chip');
    setText(hook(chip, 'name'), name);
    setText(hook(chip, 'value'), value);
    const along = name === 'tool' && filters.category ? ` and its category: ${filters.category}` : '';
    chip.title = `Remove the filter ${name}: ${value}${along}`;
    chip.addEventListener('click', () => state.update({ filters: without(state.view.filters, name) }));
    return chip;
  });
  hook(page, 'chips').replaceChildren(...chips);
  for (const button of elements('[data-no-filters]')) button.hidden = chips.length === 0;
}

/** Where panels fail alike, that is said once, and they are not shown. */
function showFailures() {
  const failed = [...sections.values()].filter((it) => it.dataset.state === 'error' && it.classList.contains('panel'));
  const messages = new Set(failed.map((it) => hook(it, 'error-text').textContent));
  const alike = failed.length > 1 && messages.size === 1;
  page.toggleAttribute('data-failed-alike', alike);
  hook(page, 'failure').hidden = !alike;
  if (alike) setText(hook(page, 'failure-text'), [...messages][0]);
}

/** The dot and words about the connection, and the banner where there is none. */
function showStatus() {
  const results = Object.keys(queries(state.view)).map((name) => loader.result(name));
  const failure = results.map((it) => it?.failure).find((it) => it?.kind === 'unreachable');
  const kept = results.some((it) => it?.failure && it.data !== undefined);
  page.toggleAttribute('data-offline', Boolean(failure));
  hook(page, 'offline-banner').hidden = !failure;
  if (failure) {
    setText(hook(page, 'offline-text'), `${failure.message} ${kept ? 'You see what was there last; it' : 'It'} is tried again by itself.`);
  }
  page.toggleAttribute('data-loading', loader.isLoading);
  hook(page, 'blocked').hidden = !isBlocked();
  const last = answerOf('tools', queries(state.view).tools.path)?.map((it) => it.last_used).sort().at(-1);
  setText(hook(page, 'last-event'), last ? `The last event of this view came ${ago(parseTime(last), Date.now())}.` : 'This view has no event yet.');
  showAge();
}

function showAge() {
  const wanted = queries(state.view);
  const refreshed = Object.keys(wanted).filter((name) => !wanted[name].readsEvents);
  const times = refreshed.map((name) => loader.result(name)?.at).filter(Boolean);
  setText(hook(page, 'age'), ageInWords(times, Object.keys(wanted).map((name) => loader.result(name)?.at).filter(Boolean)));
}

/** refreshed: when what is refreshed by itself was answered; any: when anything was. */
function ageInWords(refreshed, any) {
  if (refreshed.length) return `updated ${ago(new Date(Math.min(...refreshed)), Date.now())}`;
  if (any.length) return `as of ${clock(new Date(Math.min(...any)))}, refreshed on demand`;
  return loader.isLoading ? 'loading' : 'no data yet';
}

function setUpHead() {
  for (const button of elements('[data-range]')) button.addEventListener('click', () => state.update({ days: Number(button.dataset.range), from: '', to: '' }));
  setUpDates();
  hook(page, 'all-tools').addEventListener('click', () => narrow(without(state.view.filters, 'tool')));
  hook(page, 'tool-category').addEventListener('click', () => app.filterCategory(state.view.filters.category));
  hook(page, 'refresh').addEventListener('click', () => load('reader'));
  hook(page, 'export').addEventListener('click', saveView);
  hook(page, 'failure-again').addEventListener('click', () => load('reader'));
  const top = hook(page, 'top');
  new ResizeObserver(() => page.style.setProperty('--top', `${top.offsetHeight}px`)).observe(top);
  hook(page, 'all-filters').addEventListener('click', () => state.update({ filters: {} }));
  const button = hook(page, 'theme-switch');
  const showTheme = () => {
    button.setAttribute('aria-label', `Theme: ${theme()}`);
    button.title = `Theme: ${theme()}`;
  };
  button.addEventListener('click', () => {
    setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    showTheme();
  });
  showTheme();
  setUpSending(page);
}

/** The dates that are set stand on their button. */
function showDates() {
  const { from, to, compare } = state.view;
  const button = hook(page, 'dates-open');
  button.setAttribute('aria-pressed', String(Boolean(from)));
  setText(button, from ? inWords(state.view) : 'Dates');
  const form = hook(page, 'dates');
  hook(form, 'from').value = from;
  hook(form, 'to').value = to;
  hook(form, 'compare').value = compare;
}

function setUpDates() {
  const form = hook(page, 'dates');
  const [from, to] = [hook(form, 'from'), hook(form, 'to')];
  form.addEventListener('beforetoggle', () => {
    for (const input of [from, to]) input.max = new Date().toISOString().slice(0, 10);
  });
  form.addEventListener('input', () => to.setCustomValidity(''));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const dated = from.value || to.value;
    if (dated && !arePeriod(from.value, to.value)) {
      to.setCustomValidity('The second date is on or after the first, at most 365 days in all.');
      to.reportValidity();
      return;
    }
    form.hidePopover();
    state.update({ from: from.value, to: to.value, compare: hook(form, 'compare').value });
  });
  hook(form, 'no-dates').addEventListener('click', () => {
    form.hidePopover();
    state.update(START);
  });
}

/** The head of one tool's page. was: which page it was before. */
function showTool(was) {
  const { filters } = state.view;
  setText(hook(page, 'tool-name'), filters.tool ?? '');
  setText(hook(sections.get('versions'), 'title'), `Versions of ${filters.tool ?? ''}`);
  setText(hook(sections.get('together'), 'title'), `Used together with ${filters.tool ?? ''}`);
  setText(hook(page, 'tool-category'), filters.category ?? '');
  showUsage();
  if (isOneTool(filters) && was === 'overview') {
    scrollTo(0, 0);
    hook(page, 'tool-name').focus({ preventScroll: true });
  }
}

/** What the tool of the page used up, as far as its row among all tools says. */
function showUsage() {
  const { filters } = state.view;
  const row = isOneTool(filters) && answerOf('tools', queries(state.view).tools.path)?.find((it) => isChosen(filters, toolOf(it)));
  setText(hook(page, 'tool-usage'), row ? usageInWords(row) : '');
}

/** Bring a panel into sight, if there is one of that name. */
function goTo(name) {
  if (sections.has(name)) hook(sections.get(name), 'title').scrollIntoView();
}

function setUpKey() {
  const form = hook(page, 'key-form');
  const input = hook(form, 'key-input');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    key.set(input.value.trim(), hook(form, 'key-remember').checked);
    page.removeAttribute('data-locked');
    showKeyButton();
    load('reader');
  });
  hook(page, 'forget-key').addEventListener('click', () => {
    key.forget();
    input.value = '';
    loader.clear();
    for (const section of sections.values()) setState(section, 'loading', '', false);
    showKeyButton();
    load('reader');
  });
  showKeyButton();
}

/** message: what the server says. A key that was typed stays, to be mended. */
function askForKey(message) {
  const refused = key.get() !== '';
  loader.clear();
  schedule.stop();
  key.forget();
  showKeyButton();
  for (const section of sections.values()) setState(section, 'loading', '', false);
  page.setAttribute('data-locked', '');
  hook(page, 'key-refused').hidden = !refused;
  hook(page, 'key-input').setAttribute('aria-invalid', String(refused));
  setText(hook(page, 'key-text'), message);
  showStatus();
  const input = hook(page, 'key-input');
  input.focus();
  input.select();
}

function showKeyButton() {
  hook(page, 'forget-key').hidden = key.get() === '';
}

function saveTable(name) {
  save(fileName(name, state.view), [MARK, csv(tableOf(name))], 'text/csv;charset=utf-8');
}

/** Every table that is there, each a file of its own. */
function saveView() {
  const ready = [...sections.keys()].filter((name) => PANELS[name].table && sections.get(name).dataset.state === 'ready');
  const files = ready.map((name) => ({ name: `${name}.csv`, text: MARK + csv(tableOf(name)) }));
  save(fileName('view', state.view, 'zip'), zip(files, new Date()), 'application/zip');
}

function tableOf(name) {
  return PANELS[name].table(Object.fromEntries(PANELS[name].needs.map((need) => [need, loader.result(need)?.data])));
}
