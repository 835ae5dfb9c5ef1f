// How counts go, oldest first. Pure.

const TIMES = 1.5;
const LEAST = 2;

/** 'rising', 'falling' or 'steady'. passed: the share of the last bucket that is over; the first one lacks as much. */
export function inWords(counts, passed) {
  const middle = passed + (counts.length - 1) / 2;
  const total = sum(counts);
  const before = sum(counts.map((value, index) => value * Math.min(1, Math.max(0, middle - index))));
  const after = total - before;
  if (after >= before * TIMES && after - before >= LEAST) return 'rising';
  if (before >= after * TIMES && before - after >= LEAST) return 'falling';
  return 'steady';
}

/** Sums of neighbours, so that there are at most so many; the oldest may have fewer neighbours than the others. */
export function gathered(counts, most) {
  const width = Math.ceil(counts.length / most);
  const sums = [];
  for (let end = counts.length; end > 0; end -= width) sums.unshift(sum(counts.slice(Math.max(0, end - width), end)));
  return sums;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
