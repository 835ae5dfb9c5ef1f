// Tables as CSV (RFC 4180). Pure, but for save().

/** Rows of values as CSV text; a cell that a spreadsheet would take for a formula is made harmless. */
export function csv(rows) {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** 'track-skills-tools-7-days-agent-codex.csv'. */
export function fileName(panel, view, ending = 'csv') {
  const filters = Object.entries(view.filters).map(([name, value]) => `${name}-${value}`);
  const period = view.from ? `${view.from}-to-${view.to}` : `${view.days}-days`;
  const words = ['track-skills', panel, period, ...filters].join('-');
  return `${words.replace(/[^\w.-]+/g, '_').slice(0, 120)}.${ending}`;
}

/** Tell a spreadsheet that a text is UTF-8. */
export const MARK = '\ufeff';

/** Hand a file to the reader. parts: of a Blob. */
export function save(name, parts, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function cell(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
