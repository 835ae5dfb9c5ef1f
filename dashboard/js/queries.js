// Which reports a view needs, by name, and which of them read events. Pure.

import { parametersOf } from './period.js';
import { isOneTool, without } from './state.js';

export const BREAKDOWNS = ['agent', 'version', 'trigger', 'os'];
export const LATEST_ERRORS = 100;
export const MOST_TOOLS = 5000; // as the API does not answer more
const MOST_SHIPPED = 500; // of each list
const MOST_PAIRS = 200;
const OF_TOOLS = ['tool', 'category'];
const LEAST_DAILY = 7; // one day has no course of days

/** {name: {path, readsEvents}} of a view; a facet is not narrowed by its own filter, so that its other values stay in sight. */
export function queries(view) {
  const { filters } = view;
  const breakdowns = BREAKDOWNS.filter((by) => by !== 'version' || !isOneTool(filters)); // of one tool, versions say more
  const comparing = view.compare === 'year' ? { compare: view.compare } : {};
  const report = (path, narrowed, dimension, more = {}, span = parametersOf(view)) => ({
    path: `/analytics/${path}?${new URLSearchParams({ ...span, ...more, ...narrowed })}`,
    readsEvents: readsEvents(narrowed, dimension),
  });
  return {
    summary: report('summary', filters, null, comparing),
    timeseries: report('timeseries', filters, null),
    retention: report('retention', filters, null, {}, parametersOf(view, LEAST_DAILY)),
    tools: report('tools', without(filters, 'tool'), 'tool', { ...comparing, limit: MOST_TOOLS }),
    ...(isOneTool(filters) ? { versions: report('versions', { tool: filters.tool, category: filters.category }, 'version') } : {}),
    ...(isOneTool(filters) && Object.keys(filters).length === 2 ? { together: report('together', filters, 'tool', { limit: MOST_PAIRS }) } : {}), // nothing else narrows it
    ...(Object.keys(filters).length ? {} : { sessions: report('sessions', {}, null) }), // they have no tool and no trigger
    ...(Object.keys(filters).every((it) => it === 'category') ? { catalogue: report('catalogue', filters, 'tool', { limit: MOST_SHIPPED }) } : {}),
    errors: report('errors', filters, 'error', { limit: LATEST_ERRORS }),
    ...Object.fromEntries(
      breakdowns.map((by) => [by, report('breakdown', without(filters, by), by, { by, ...comparing })]),
    ),
  };
}

/**
 * Whether a report reads every event of its window instead of rollups, which D1 bills by the row: filters that cross
 * dimensions make it, unless they name a tool. dimension: what it is grouped by; null = time, which any one filter goes
 * along with; errors are kept by tool alone.
 */
export function readsEvents(filters, dimension) {
  const names = Object.keys(filters);
  if (dimension === 'error') return !names.every((name) => OF_TOOLS.includes(name));
  // A tool is counted as its category and name, so that a category asks for some tools.
  if (filters.tool || (dimension === 'tool' && names.every((name) => OF_TOOLS.includes(name)))) return false;
  return names.length > 1 || (names.length === 1 && dimension !== null && names[0] !== dimension);
}
