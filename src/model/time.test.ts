import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { SheerError } from './errors.ts';
import { parseDuration, parseTime } from './time.ts';

const now = Date.parse('2026-11-22T08:30:00.000Z');

const times: readonly (readonly [string, string])[] = [
  ['2026-11-22T02:13:00Z', '2026-11-22T02:13:00.000Z'],
  ['2026-11-22T02:13:00.311Z', '2026-11-22T02:13:00.311Z'],
  ['2026-11-22t02:13:00z', '2026-11-22T02:13:00.000Z'],
  ['2026-11-22T02:13:00+01:30', '2026-11-22T00:43:00.000Z'],
  ['2026-11-22T02:13:00-05:00', '2026-11-22T07:13:00.000Z'],
  ['2026-11-22 02:13', '2026-11-22T02:13:00.000Z'],
  ['2026-11-22', '2026-11-22T00:00:00.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['02:13', '2026-11-22T02:13:00.000Z'],
  ['2:13', '2026-11-22T02:13:00.000Z'],
  ['08:30', '2026-11-22T08:30:00.000Z'],
  ['08:31', '2026-11-21T08:31:00.000Z'],
  ['02:13:04.5', '2026-11-22T02:13:04.500Z'],
  ['yesterday 23:59:59', '2026-11-21T23:59:59.000Z'],
  ['today 09:00', '2026-11-22T09:00:00.000Z'],
  ['yesterday', '2026-11-21T00:00:00.000Z'],
  ['now', '2026-11-22T08:30:00.000Z'],
  ['5m ago', '2026-11-22T08:25:00.000Z'],
  ['-5m', '2026-11-22T08:25:00.000Z'],
  ['5m', '2026-11-22T08:25:00.000Z'],
  ['1h30m', '2026-11-22T07:00:00.000Z'],
  ['1.5h', '2026-11-22T07:00:00.000Z'],
  ['1d', '2026-11-21T08:30:00.000Z'],
  ['1763800000', '2025-11-22T08:26:40.000Z'],
  ['1763800000.25', '2025-11-22T08:26:40.250Z'],
  ['1763800000123', '2025-11-22T08:26:40.123Z'],
];

const notTimes = [
  '',
  'soon',
  '25:00',
  '12:60',
  '2026-02-31',
  '2026-13-01T00:00:00Z',
  '2026-11-22T24:00:00Z',
  '5',
  '5 minutes',
  'now 12:00',
  'tomorrow',
  '99999999999999999999',
  '9999999999999999w',
];

describe('parseTime', () => {
  for (const [text, expected] of times) {
    it(`takes "${text}" for ${expected}`, () => {
      assert.equal(new Date(parseTime(text, now)).toISOString(), expected);
    });
  }
  for (const text of notTimes) {
    it(`refuses "${text}" and says how times are written`, () => {
      assert.throws(
        () => parseTime(text, now),
        (error) => error instanceof SheerError && error.code === 'invalid-input' && error.next !== null,
      );
    });
  }
  it('reads back every moment that it prints', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        assert.equal(parseTime(date.toISOString(), now), date.getTime());
      }),
    );
  });
  it('gives a moment or a SheerError for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          assert.ok(Number.isFinite(parseTime(text, now)));
        } catch (error) {
          assert.ok(error instanceof SheerError);
        }
      }),
    );
  });
});

describe('parseDuration', () => {
  const durations: readonly (readonly [string, number])[] = [
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['1h30m', 5_400_000],
    ['0s', 0],
  ];
  for (const [text, expected] of durations) {
    it(`takes ${text} for ${expected} ms`, () => assert.equal(parseDuration(text), expected));
  }
  for (const text of ['', '5', 'm', '-5m', '5 m', '5y']) {
    it(`refuses "${text}"`, () => assert.throws(() => parseDuration(text), SheerError));
  }
});
