// What a tool used up in sessions, in words. Pure.

import { count, money } from './format.js';

/** '12k tokens in · 3k out · $4.20 · $0.03 a use'; '' where nothing is known. row: of the API's tools. */
export function usageInWords(row) {
  const read = [row.input_tokens, row.cache_creation_tokens, row.cache_read_tokens].filter((it) => it !== null);
  const parts = [
    read.length ? `${count(read.reduce((sum, it) => sum + it, 0))} tokens in` : '',
    row.output_tokens === null ? '' : `${count(row.output_tokens)} tokens out`,
    row.cost_usd === null ? '' : money(row.cost_usd),
    row.cost_per_use_usd === null ? '' : `${money(row.cost_per_use_usd)} a use`,
  ];
  return parts.filter(Boolean).join(' · ');
}
