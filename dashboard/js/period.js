// The days that a view is of: the last so many, or UTC days from one date to another, both included. Pure.

import { day, parseTime, range } from './format.js';

export const RANGES = [1, 7, 30, 90, 365];
export const MOST_DAYS = 365;
export const COMPARES = ['period', 'year'];
const DAY_MS = 86_400_000;
const HOURLY_DAYS = 2; // the API's buckets are hours up to here

export const START = { days: 7, from: '', to: '', compare: 'period' };

/** The period that a URL's query asks for; what cannot be is left out. values: URLSearchParams. */
export function parsePeriod(values) {
  const days = Number(values.get('days'));
  const [from, to] = [values.get('from') ?? '', values.get('to') ?? ''];
  return {
    days: Number.isInteger(days) && days >= 1 && days <= MOST_DAYS ? days : START.days,
    ...(arePeriod(from, to) ? { from, to } : { from: '', to: '' }),
    compare: COMPARES.includes(values.get('compare')) ? values.get('compare') : START.compare,
  };
}

/** Whether two dates as YYYY-MM-DD are a period that can be asked for. */
export function arePeriod(from, to) {
  const days = daysFrom(from, to);
  return days >= 1 && days <= MOST_DAYS;
}

/** What the API is asked for: {days} or {from, to}. least: days that it shall have. */
export function parametersOf({ days, from, to }, least = 1) {
  if (!from) return { days: Math.max(days, least) };
  const first = Math.min(Date.parse(from), Date.parse(to) - (least - 1) * DAY_MS);
  return { from: new Date(first).toISOString().slice(0, 10), to };
}

/** How many days it has. */
export function lengthOf({ days, from, to }) {
  return from ? daysFrom(from, to) : days;
}

/** Whether its buckets are hours. */
export function isHourly(period) {
  return lengthOf(period) <= HOURLY_DAYS;
}

/** Whether its last bucket is not over yet. now: milliseconds. */
export function isOpen({ from, to }, now) {
  return !from || Date.parse(to) + DAY_MS > now;
}

/** 'last 7 days', '3 Nov', '3 Nov to 9 Nov'. */
export function inWords({ days, from, to }) {
  if (!from) return range(days);
  return from === to ? named(from) : `${named(from)} to ${named(to)}`;
}

/** What it is compared with. */
export function beforeInWords(period) {
  if (period.compare === 'year') return 'A year before';
  return period.from ? `The ${lengthOf(period)} days before` : `The ${range(period.days).slice(5)} before`;
}

function daysFrom(from, to) {
  const dates = [from, to].map(parseTime);
  return from.length === 10 && to.length === 10 && dates[0] && dates[1] ? (dates[1].getTime() - dates[0].getTime()) / DAY_MS + 1 : Number.NaN;
}

function named(date) {
  const year = date.slice(0, 4) === new Date().toISOString().slice(0, 4) ? '' : ` ${date.slice(0, 4)}`;
  return `${day(parseTime(date))}${year}`;
}
