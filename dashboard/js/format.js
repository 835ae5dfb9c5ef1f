// Numbers, rates, durations and times as people write them. Pure.

export const UNKNOWN = '–';
export const FEW = 20; // outcomes; below it a rate says how few it stands on
export const OTHER = '(other)'; // what the API counts the rarest of very many values under
export const ESTIMATE_ERROR = 0.03; // how far a percentile of the API may be from the true one, as a share of it

const NEW = 1e12; // percent: above whatever has grown
const THIN = '\u202f'; // narrow no-break space
const GROUPED = new Intl.NumberFormat('en');
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' });
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 1,234 and 12.4k. */
export function count(number) {
  if (!isNumber(number)) return UNKNOWN;
  return number < 10_000 ? GROUPED.format(number) : SHORT.format(number).replace('K', 'k');
}

/** 1,234,567: all digits. */
export function exact(number) {
  return isNumber(number) ? GROUPED.format(number) : UNKNOWN;
}

/** '1 event', '2 events'. */
export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** 95.2 %; only all of it is 100 %, and only none of it 0 %. */
export function percent(number) {
  if (!isNumber(number)) return UNKNOWN;
  if (number <= 0) return `0${THIN}%`;
  if (number >= 100) return `100${THIN}%`;
  if (number < 0.1) return `<${THIN}0.1${THIN}%`;
  return `${Math.min(number, 99.9).toFixed(1).replace(/\.0$/, '')}${THIN}%`;
}

/** US dollars as $0.042, $4.20, $1,234; what is spent is never nothing. */
export function money(dollars) {
  if (!isNumber(dollars)) return UNKNOWN;
  if (dollars > 0 && dollars < 0.001) return `<${THIN}$0.001`;
  if (dollars >= 1000) return `$${count(Math.round(dollars))}`;
  return `$${dollars.toFixed(dollars > 0 && dollars < 0.1 ? 3 : 2)}`;
}

/** Milliseconds as 850 ms, 1.2 s, 24 s, 1 min 5 s, 1.5 h. */
export function duration(ms) {
  if (!isNumber(ms)) return UNKNOWN;
  if (ms < 999.5) return `${Math.round(ms)}${THIN}ms`;
  if (ms < 9950) return `${(ms / SECOND).toFixed(1).replace(/\.0$/, '')}${THIN}s`;
  if (ms < 59_500) return `${Math.round(ms / SECOND)}${THIN}s`;
  if (ms < HOUR - SECOND / 2) {
    const seconds = Math.round(ms / SECOND);
    const rest = seconds < 600 ? seconds % 60 : 0;
    return `${Math.floor(seconds / 60)}${THIN}min${rest ? ` ${rest}${THIN}s` : ''}`;
  }
  return `${(ms / HOUR).toFixed(1).replace(/\.0$/, '')}${THIN}h`;
}

/**
 * The percentage of a rate that the API writes as text; null where no outcome is known.
 * known: how many outcomes it stands on.
 */
export function rate(text, known) {
  return known ? Number(text) : null;
}

/** 'of 7' beside a rate that stands on few outcomes, else ''. */
export function fewNote(known) {
  return known > 0 && known < FEW ? `of ${known}` : '';
}

/** What a rate stands on, in words. */
export function knownInWords(known) {
  return known ? plural(known, 'known outcome') : 'No outcome is known';
}

/**
 * What became of a figure: {text, direction: -1 | 0 | 1}; text is '' where there is nothing to compare with.
 * points: the figures are percentages, so that their difference is one of points.
 */
export function change(now, before, points = false) {
  if (!isNumber(now) || !isNumber(before) || (!points && before === 0)) return { text: '', direction: 0 };
  const difference = points ? now - before : (100 * (now - before)) / before;
  const size = Math.abs(difference);
  const text = size < 10 ? size.toFixed(1).replace(/\.0$/, '') : GROUPED.format(Math.round(size));
  if (Number(size.toFixed(1)) === 0) return { text: 'no change', direction: 0 };
  const sign = difference > 0 ? '+' : '−';
  return { text: `${sign}${text}${THIN}${points ? 'pts' : '%'}`, direction: Math.sign(difference) };
}

/**
 * What became of a count, with what did not exist before: {text, by} by: percent, to sort by; null where both are naught.
 */
export function grown(now, before) {
  if (before === 0) return now === 0 ? { text: UNKNOWN, by: null } : { text: 'new', by: NEW };
  const by = (100 * (now - before)) / before;
  return { text: by === 0 ? percent(0) : change(now, before).text, by };
}

/**
 * By how many percent an estimate is above another: 0 where their errors allow that nothing changed, null where there is
 * nothing to compare with.
 */
export function growth(now, before) {
  if (!isNumber(now) || !isNumber(before) || before === 0) return null;
  const [less, more] = now < before ? [now, before] : [before, now];
  const alike = more * (1 - ESTIMATE_ERROR) <= less * (1 + ESTIMATE_ERROR);
  return alike ? 0 : (100 * (now - before)) / before;
}

/** What became of an estimate, as change() says it, in whole percent. */
export function estimatedChange(now, before) {
  const percents = growth(now, before);
  if (percents === null) return { text: '', direction: 0 };
  if (percents === 0) return { text: 'about the same', direction: 0 };
  const sign = percents > 0 ? '+' : '−';
  return { text: `${sign}${GROUPED.format(Math.round(Math.abs(percents)))}${THIN}%`, direction: Math.sign(percents) };
}

/** What a value is called: what is no value of its own says what it is. */
export function named(value) {
  return value === OTHER ? 'rarest values, counted together' : value;
}

/** A Date of the API's 'YYYY-MM-DD HH:MM:SS' or 'YYYY-MM-DD', which are UTC; null of anything else. */
export function parseTime(text) {
  const match = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d))?$/.exec(text ?? '');
  const date = match && new Date(`${match[1]}T${match[2] ?? '00:00:00'}Z`);
  return date && !Number.isNaN(date.getTime()) ? date : null;
}

/** '9 Feb 21:30' in the reader's zone; zone: another one. */
export function dateTime(date, zone) {
  return parts(date, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, zone);
}

/** '21:30' in the reader's zone. */
export function clock(date, zone) {
  return parts(date, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, zone);
}

/** '9 Feb' of a UTC day. */
export function day(date) {
  return parts(date, { day: 'numeric', month: 'short' }, 'UTC');
}

/** '2026-02-09 21:30:00 UTC'. */
export function utc(date) {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** 'now', '12 s ago', '5 min ago', '3 hr. ago', '2 days ago'. */
export function ago(date, now) {
  const passed = Math.max(0, now - date);
  if (passed < SECOND) return 'now';
  if (passed < MINUTE) return `${Math.floor(passed / SECOND)}${THIN}s ago`;
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)}${THIN}min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)}${THIN}h ago`;
  return RELATIVE.format(-Math.floor(passed / DAY), 'day');
}

/** 'last 24 hours', 'last 7 days'. */
export function range(days) {
  return days === 1 ? 'last 24 hours' : `last ${days} days`;
}

function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

const formats = new Map();

function parts(date, options, zone) {
  const name = `${Object.keys(options)}${zone}`;
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }));
  return formats.get(name).format(date).replace(', ', ' ');
}
