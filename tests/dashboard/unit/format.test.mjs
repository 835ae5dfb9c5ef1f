import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as format from '../../../dashboard/js/format.js';

const plain = (text) => text.replaceAll('\u202f', ' ');

test('counts are short from ten thousand on', () => {
  const cases = { 0: '0', 7: '7', 1234: '1,234', 9999: '9,999', 12431: '12.4k', 124310: '124k', 1234567: '1.23M' };
  for (const [number, text] of Object.entries(cases)) assert.equal(format.count(Number(number)), text);
});

test('what is unknown is a dash', () => {
  for (const write of [format.count, format.exact, format.percent, format.duration]) {
    assert.equal(write(null), '–');
    assert.equal(write(undefined), '–');
    assert.equal(write(Number.NaN), '–');
  }
});

test('a rate is 100 % or 0 % only where it is so', () => {
  const cases = [[95.2, '95.2 %'], [95, '95 %'], [100, '100 %'], [99.97, '99.9 %'], [0, '0 %'], [0.04, '< 0.1 %']];
  for (const [number, text] of cases) assert.equal(plain(format.percent(number)), text);
});

test('durations have the unit that people would take', () => {
  const cases = [
    [0, '0 ms'], [850, '850 ms'], [999.6, '1 s'], [1200, '1.2 s'], [9949, '9.9 s'], [9960, '10 s'], [24_400, '24 s'], [59_600, '1 min'],
    [65_000, '1 min 5 s'], [720_000, '12 min'], [3_599_800, '1 h'], [5_400_000, '1.5 h'],
  ];
  for (const [ms, text] of cases) assert.equal(plain(format.duration(ms)), text);
});

test('a rate that stands on nothing is unknown, and one that stands on little says so', () => {
  assert.equal(format.rate('0.00', 0), null);
  assert.equal(format.rate('95.20', 250), 95.2);
  assert.equal(format.fewNote(0), '');
  assert.equal(format.fewNote(7), 'of 7');
  assert.equal(format.fewNote(20), '');
});

test('a change is a share of what was, or points of a percentage', () => {
  assert.deepEqual(format.change(110, 100), { text: '+10\u202f%', direction: 1 });
  assert.deepEqual(format.change(95, 100), { text: '−5\u202f%', direction: -1 });
  assert.deepEqual(format.change(95.25, 97, true), { text: '−1.8\u202fpts', direction: -1 });
  assert.deepEqual(format.change(100, 100), { text: 'no change', direction: 0 });
  assert.deepEqual(format.change(5, 0), { text: '', direction: 0 });
  assert.deepEqual(format.change(5, null), { text: '', direction: 0 });
});

test('a change of an estimate is none within what the errors of both allow', () => {
  const same = { text: 'about the same', direction: 0 };
  for (const [now, before] of [[3566, 3565], [3565, 3566], [1060, 1000], [1000, 1060], [120, 120]]) {
    assert.deepEqual(format.estimatedChange(now, before), same);
    assert.equal(format.growth(now, before), 0);
  }
  assert.deepEqual(format.estimatedChange(1064, 1000), { text: '+6\u202f%', direction: 1 });
  assert.deepEqual(format.estimatedChange(936, 1000), { text: '−6\u202f%', direction: -1 });
  assert.deepEqual(format.estimatedChange(4100, 3565), { text: '+15\u202f%', direction: 1 });
  assert.deepEqual(format.estimatedChange(31_234, 1000), { text: '+3,023\u202f%', direction: 1 });
  for (const [now, before] of [[null, 5], [5, null], [5, 0], [undefined, 5]]) {
    assert.deepEqual(format.estimatedChange(now, before), { text: '', direction: 0 });
    assert.equal(format.growth(now, before), null);
  }
});

test('two estimates of one true median are the same, however they err', () => {
  for (const truth of [40, 3565, 3566, 61_000]) {
    for (const now of [truth * 0.9701, truth * 1.0299]) {
      for (const before of [truth * 0.9701, truth * 1.0299]) assert.equal(format.estimatedChange(now, before).text, 'about the same');
    }
  }
});

test('the rarest values say what they are', () => {
  assert.equal(format.named(format.OTHER), 'rarest values, counted together');
  assert.equal(format.named('other'), 'other');
});

test('times of the API are UTC', () => {
  const date = format.parseTime('2026-02-09 21:30:00');
  assert.equal(date.toISOString(), '2026-02-09T21:30:00.000Z');
  assert.equal(format.utc(date), '2026-02-09 21:30:00 UTC');
  assert.equal(format.dateTime(date, 'Europe/Berlin'), '9 Feb 22:30');
  assert.equal(format.clock(date, 'America/New_York'), '16:30');
  assert.equal(format.day(format.parseTime('2026-02-09')), '9 Feb');
  for (const wrong of [null, undefined, '', 'soon', '2026-13-45', '2026-02-09T21:30:00Z']) assert.equal(format.parseTime(wrong), null);
});

test('how long ago', () => {
  const now = new Date('2026-02-09T12:00:00Z');
  const cases = { 0: 'now', 12: '12 s ago', 300: '5 min ago', 7200: '2 h ago', 86400: '1 day ago', 259200: '3 days ago', '-5': 'now' };
  for (const [seconds, text] of Object.entries(cases)) assert.equal(plain(format.ago(new Date(now - seconds * 1000), now)), text);
});

test('what is new has grown beyond all measure, what is gone by all of it', () => {
  assert.deepEqual(format.grown(150, 100), { text: '+50\u202f%', by: 50 });
  assert.deepEqual(format.grown(0, 100), { text: '−100\u202f%', by: -100 });
  assert.deepEqual(format.grown(7, 7), { text: '0\u202f%', by: 0 });
  assert.equal(format.grown(3, 0).text, 'new');
  assert.ok(format.grown(3, 0).by > format.grown(1_000_000, 1).by);
  assert.deepEqual(format.grown(0, 0), { text: '–', by: null });
});

test('what was spent is never nothing', () => {
  const cases = [[0, '$0.00'], [0.0004, '< $0.001'], [0.042, '$0.042'], [4.2, '$4.20'], [999.5, '$999.50'], [1234.4, '$1,234'], [null, '–']];
  for (const [dollars, text] of cases) assert.equal(plain(format.money(dollars)), text);
});
