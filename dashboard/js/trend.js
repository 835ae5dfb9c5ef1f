// How an error group goes, from the latest errors. Pure.

import { parseTime } from './format.js';

const BARS = 14;
const DAY_MS = 86_400_000;

/**
 * latest: errors, newest first. cut: whether there are older ones that are not among them; the trend then begins at the
 * oldest. → {partial, of: group → {counts, words}}, counts oldest first.
 */
export function trend(latest, cut, days, now) {
  const oldest = parseTime(latest.at(-1)?.timestamp)?.getTime() ?? now;
  const start = cut ? oldest : now - days * DAY_MS;
  const width = Math.max(1, (now - start) / BARS);
  const groups = new Map();
  for (const error of latest) {
    const name = nameOf(error);
    if (!groups.has(name)) groups.set(name, new Array(BARS).fill(0));
    const bar = Math.floor((Number(parseTime(error.timestamp)) - start) / width);
    groups.get(name)[Math.min(BARS - 1, Math.max(0, bar))] += 1;
  }
  const none = new Array(BARS).fill(0);
  return {
    partial: cut,
    of(group) {
      const counts = groups.get(nameOf(group)) ?? none;
      return { counts, words: inWords(counts) };
    },
  };
}

function inWords(counts) {
  const sum = (from, to) => counts.slice(from, to).reduce((total, value) => total + value, 0);
  const [before, after] = [sum(0, BARS / 2), sum(BARS / 2)];
  if (before + after === 0) return 'none lately';
  if (after >= before * 1.5 && after - before >= 2) return 'rising';
  if (before >= after * 1.5 && before - after >= 2) return 'falling';
  return 'steady';
}

function nameOf({ tool_name: tool, error_type: type }) {
  return JSON.stringify([tool, type]);
}
