// What stands out in the figures, in sentences. Pure.

import { count, duration, FEW, growth, percent, plural, rate } from './format.js';
import { isOther, toolOf } from './tool.js';

const DROP_POINTS = 2;
const TOOL_DROP_POINTS = 5;
const TOOL_SLOWER_PERCENT = 50;
const MANY = 100; // uses; a slow time of fewer says little
const SLOWER_PERCENT = 25;
const FEWER_PERCENT = 30;
const FAILING_PERCENT = 10;
const TOOLS = 3;

/**
 * [{text, tool?}], the most important first; tool: what to look at, {name, category}. versions: of the one tool that is
 * looked at, newest first, where they are known.
 */
export function attention(summary, tools, versions = []) {
  return [...standingOut(tools, versions), ...changed(summary)];
}

function standingOut(tools, versions) {
  const [newest] = versions;
  const since = newest?.verdict === 'worse' ? `, worse since ${newest.version}` : '';
  return tools
    .filter((tool) => !isOther(toolOf(tool)) && tool.known_outcomes >= FEW)
    .map((tool) => ({ tool, text: trouble(tool, since), failures: Math.round((tool.known_outcomes * Number(tool.error_rate)) / 100) }))
    .filter(({ text }) => text)
    .sort((a, b) => b.failures - a.failures)
    .slice(0, TOOLS)
    .map(({ tool, text, failures }) => ({ tool: toolOf(tool), text: `${text} (${plural(failures, 'failure')})` }));
}

/** What is wrong with a tool; '' where nothing is. */
function trouble({ invocations, success_rate, error_rate, p95_duration_ms, previous }, since) {
  const [now, before] = [Number(success_rate), Number(previous.success_rate)];
  if (previous.known_outcomes >= FEW && before - now >= TOOL_DROP_POINTS) return `fell to ${percent(now)} success from ${percent(before)}${since}`;
  if (Number(error_rate) >= FAILING_PERCENT) return `fails ${percent(Number(error_rate))} of the time${since}`;
  const slower = growth(p95_duration_ms, previous.p95_duration_ms);
  if (Math.min(invocations, previous.invocations) >= MANY && slower >= TOOL_SLOWER_PERCENT) return `takes up to ${duration(p95_duration_ms)}, ${percentUp(slower)} longer than before${since}`;
  return '';
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
