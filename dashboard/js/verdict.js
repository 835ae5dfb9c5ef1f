// What the figures of a version say against those of the version before it, and no more. Pure.

import { percent } from './format.js';

/** verdict, against: of a row of /analytics/versions. */
export function verdictInWords(verdict, against) {
  if (verdict === 'first' || !against) return 'The first that is known';
  if (verdict === 'too few') return `Too few uses to tell it from ${against.version}`;
  if (verdict === 'same') return `No difference from ${against.version} that the figures show`;
  const [low, high] = against.interval.map((it) => Math.abs(it)).sort((a, b) => a - b);
  const [least, most] = [low, high].map((it) => percent(it).replace(/\u202f%$/, ''));
  const direction = verdict === 'worse' ? 'lower' : 'higher';
  return `${verdict === 'worse' ? 'Worse' : 'Better'}: success ${least} to ${most} points ${direction} than in ${against.version}`;
}
