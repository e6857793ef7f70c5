import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { bytesText, countText, listText, numberText } from './amount-text.ts';
import { cleanAnswer, cleanText, jsonText } from './clean.ts';
import type { Look } from './look.ts';
import { fitted, leadLine, marginLine, marginLines, wrapped } from './margin.ts';
import { tableLines } from './table.ts';
import { ago, clockText, durationText, intervalText } from './time-text.ts';
import { displayWidth, shorten } from './width.ts';

const now = Date.parse('2026-11-22T08:30:00.000Z');
const narrow: Look = { columns: 40, colour: false, now, exact: false };
const pipe: Look = { columns: null, colour: false, now, exact: false };
const exact: Look = { ...pipe, exact: true };

describe('text that comes from outside', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['plain-name_1', 'plain-name_1'],
    ['größe 数据 🚀', 'größe 数据 🚀'],
    ['\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['a\r\nb\tc', 'a\\x0d\\x0ab\\x09c'],
    ['\u009b31m', '\\x9b31m'],
    ['evil\u202egpj.exe', 'evil\\u{202e}gpj.exe'],
    ['a\u200bb\ufeffc', 'a\\u{200b}b\\u{feff}c'],
    ['a\u2028b', 'a\\u{2028}b'],
    ['a\u{e0041}b', 'a\\u{e0041}b'],
  ];
  for (const [text, shown] of rows) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () =>
      assert.equal(cleanText(text), shown));
  }

  it('is cleaned everywhere in an answer, in keys too', () => {
    assert.deepEqual(cleanAnswer({ 'k\u0007': ['a\u001bb', 1, null, { x: true }] }), {
      'k\\x07': ['a\\x1bb', 1, null, { x: true }],
    });
  });

  it('leaves nothing that a terminal obeys, and JSON stays the same document', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const document = jsonText({ value, text }, 2);
        // oxlint-disable-next-line no-control-regex -- they are what must not be there
        assert.doesNotMatch(document, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/u);
        assert.deepEqual(JSON.parse(document), JSON.parse(JSON.stringify({ value, text })));
      }),
    );
  });
});

describe('width', () => {
  it('counts columns: wide characters take two, combining ones none', () => {
    assert.deepEqual(['abc', '数据', 'e\u0301', '🚀'].map(displayWidth), [3, 4, 1, 2]);
  });

  it('cuts at the end, or in the middle for what differs at both ends', () => {
    assert.equal(shorten('checkout-7f9c4', 8, 'end'), 'checkou…');
    assert.equal(shorten('checkout-7f9c4', 8, 'middle'), 'chec…9c4');
    assert.equal(shorten('short', 8, 'end'), 'short');
    assert.equal(shorten('abc', 1, 'end'), '…');
    assert.equal(shorten('abc', 0, 'end'), '');
  });

  it('never makes text wider than it may be', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(30), fc.constantFrom('end', 'middle'), (text, width, where) => {
        assert.ok(displayWidth(shorten(text, width, where)) <= width);
      }),
    );
  });
});

describe('amounts', () => {
  it('are grouped, and named in the singular where there is one', () => {
    assert.deepEqual([0, 999, 1204, 1234567].map(numberText), ['0', '999', '1,204', '1,234,567']);
    assert.deepEqual(
      [countText(1, 'node'), countText(0, 'node'), countText(2, 'entry', 'entries')],
      ['1 node', '0 nodes', '2 entries'],
    );
  });
  it('of bytes have a unit', () => {
    assert.deepEqual([0, 999, 1000, 84_000_000, 4_200_000_000].map(bytesText), [
      '0 B',
      '999 B',
      '1.0 kB',
      '84 MB',
      '4.2 GB',
    ]);
  });
  it('of names end in "and", or in how many more there are', () => {
    assert.deepEqual(
      [[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd', 'e']].map((names) => listText(names)),
      ['', 'a', 'a and b', 'a, b, c and 2 more'],
    );
  });
});

describe('times', () => {
  it('are ages, in the largest unit', () => {
    assert.deepEqual([0, 999, 3000, 300_000, 7_200_000, 345_600_000].map(durationText), [
      '0 s',
      '0 s',
      '3 s',
      '5 min',
      '2 h',
      '4 d',
    ]);
    assert.equal(ago(pipe, '2026-11-22T08:29:57.000Z'), '3 s ago');
    assert.equal(ago(pipe, '2026-11-22T08:30:01.000Z'), 'just now');
    assert.equal(ago(exact, '2026-11-22T08:29:57.000Z'), '2026-11-22T08:29:57.000Z');
  });
  it('of today have no date', () => {
    assert.equal(clockText(pipe, '2026-11-22T02:11:04.311Z'), '02:11:04');
    assert.equal(clockText(pipe, '2026-11-22T02:11:04.311Z', 'milliseconds'), '02:11:04.311');
    assert.equal(clockText(pipe, '2026-11-21T02:11:04.311Z'), '2026-11-21 02:11:04');
    assert.equal(intervalText(pipe, { since: '2026-11-22T02:11:04.311Z', until: null }), 'since 02:11:04');
  });
});

describe('lines', () => {
  it('that matter whole are broken, with their note below', () => {
    assert.deepEqual(
      marginLines(narrow, '  ghost is declared, but nothing of it runs', 'sheer lint').at(-1),
      '    sheer lint',
    );
    assert.ok(
      marginLines(narrow, '  ghost is declared, but nothing of it runs', 'sheer lint')
        .join(' ')
        .includes('runs'),
    );
    assert.equal(marginLines(pipe, '  ghost', 'sheer lint').length, 1);
  });

  it('have their note in the margin, and are cut rather than their note', () => {
    assert.equal(marginLine(pipe, 'checkout', 'certain').indexOf('certain'), 59);
    const line = marginLine(narrow, 'a line that is far too long for this', 'sheer lint');
    assert.equal(line, 'a line that is far too lon…   sheer lint');
    assert.equal(displayWidth(line), 40);
  });

  it('fit the columns of the terminal, but are whole in a pipe', () => {
    const text = 'x'.repeat(50);
    assert.equal(fitted(narrow, text).length, 40);
    assert.equal(fitted(pipe, text), text);
    assert.deepEqual(wrapped(narrow, 'one two three four five six seven eight nine'), [
      '  one two three four five six seven',
      '  eight nine',
    ]);
  });

  it('keep their width when they are painted', () => {
    const line = leadLine({ ...narrow, colour: true }, 'bad', 'unknown', ': somebody');
    assert.equal(line, '\u001b[31munknown\u001b[39m: somebody');
  });
});

describe('tables', () => {
  const rows = [
    { name: 'checkout-of-the-whole-shop', team: 'payments', count: 2 },
    { name: 'web', team: '', count: 1204 },
  ];
  const columns = [
    { title: 'name', value: (row: (typeof rows)[number]) => row.name, cut: 'middle' as const },
    { title: 'team', value: (row: (typeof rows)[number]) => row.team },
    { title: 'runs', value: (row: (typeof rows)[number]) => String(row.count), align: 'right' as const },
    { title: 'never', value: () => '' },
  ];

  it('are aligned, and leave out what is empty everywhere', () => {
    assert.deepEqual(tableLines(pipe, rows, columns), [
      'name                         team       runs',
      'checkout-of-the-whole-shop   payments      2',
      'web                                     1204',
    ]);
  });

  it('cut what may be cut until they fit', () => {
    assert.deepEqual(tableLines(narrow, rows, columns), [
      'name                     team       runs',
      'checkout-of…whole-shop   payments      2',
      'web                                 1204',
    ]);
  });

  it('paint words, not the space between them', () => {
    const painted = tableLines(
      { ...pipe, colour: true },
      [{ a: 'x' }, { a: 'long' }],
      [
        { title: '', value: ({ a }) => a, tone: () => 'good' },
        { title: '', value: () => '|' },
      ],
    );
    assert.equal(painted[0], '\u001b[32mx\u001b[39m      |');
  });
});
