// Sorting and searching of rows. Pure.

const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Rows by what keyOf says of each, unknown (null) ones last either way; rows of equal value keep their order. */
export function sorted(rows, keyOf, ascending) {
  const known = rows.filter((row) => keyOf(row) !== null);
  const unknown = rows.filter((row) => keyOf(row) === null);
  known.sort((a, b) => compare(keyOf(a), keyOf(b)) * (ascending ? 1 : -1));
  return [...known, ...unknown];
}

/** Rows whose text holds every word that is looked for, in whatever case. */
export function searched(rows, textOf, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return wanted.length ? rows.filter((row) => wanted.every((word) => textOf(row).toLowerCase().includes(word))) : rows;
}

function compare(a, b) {
  return typeof a === 'string' ? COLLATOR.compare(a, b) : a - b;
}
