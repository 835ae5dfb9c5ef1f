// What stands out in the figures, in sentences. Pure.

import { count, duration, FEW, growth, percent, plural, rate } from './format.js';
import { isOther, toolOf } from './tool.js';

const DROP_POINTS = 2;
const SLOWER_PERCENT = 25;
const FEWER_PERCENT = 30;
const FAILING_PERCENT = 10;
const FAILING_TOOLS = 2;

/** [{text, tool?}], the most important first; tool: what to look at, {name, category}. */
export function attention(summary, tools) {
  return [...failing(tools), ...changed(summary)];
}

function failing(tools) {
  return tools
    .filter((tool) => !isOther(toolOf(tool)) && tool.known_outcomes >= FEW && Number(tool.error_rate) >= FAILING_PERCENT)
    .map((tool) => ({ ...tool, failures: Math.round((tool.known_outcomes * Number(tool.error_rate)) / 100) }))
    .sort((a, b) => b.failures - a.failures)
    .slice(0, FAILING_TOOLS)
    .map((tool) => ({
      tool: toolOf(tool),
      text: `fails ${percent(Number(tool.error_rate))} of the time (${plural(tool.failures, 'failure')})`,
    }));
}

function changed({ previous, ...now }) {
  if (now.known_outcomes < FEW || previous.known_outcomes < FEW) return [];
  const found = [];
  const success = rate(now.success_rate, now.known_outcomes) - rate(previous.success_rate, previous.known_outcomes);
  if (success <= -DROP_POINTS) {
    found.push({ text: `Success is down to ${percent(Number(now.success_rate))} from ${percent(Number(previous.success_rate))}` });
  }
  const slower = growth(now.p95_duration_ms, previous.p95_duration_ms);
  if (slower >= SLOWER_PERCENT) {
    found.push({ text: `Slow time (p95) is up about ${percentUp(slower)}, to ${duration(now.p95_duration_ms)}` });
  }
  const more = (100 * (now.total_invocations - previous.total_invocations)) / previous.total_invocations;
  if (more <= -FEWER_PERCENT) {
    found.push({ text: `Use is down ${percentUp(-more)}` });
  }
  return found;
}

/** A growth, which may be over 100 %. */
function percentUp(number) {
  return `${count(Math.round(number))}\u202f%`;
}
