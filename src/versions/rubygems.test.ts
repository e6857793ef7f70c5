import { describe } from 'node:test';
import { verifyAscending, verifyCases } from './version-cases.fixture.ts';

describe('versions of RubyGems', () => {
  verifyAscending('rubygems', [
    '1.0.a.2',
    '1.0.a10',
    '1.0.b1',
    '1.0.rc',
    '1.0.rc1',
    '1.0',
    '1.0.1',
    '1.9',
    '1.10.a',
    '1.10',
  ]);
  verifyCases('rubygems', [
    ['1.0', '=', '1.0.0', 'zeros at the end do not count'],
    ['1', '=', '1.0', 'however few'],
    ['1.0.0.a', '=', '1.a', 'nor before the first word'],
    ['1.a.0', '=', '1.a', 'nor at the end of everything'],
    ['1.a.0.1', '<', '1.a.1', 'but after the first word they do'],
    ['1.a', '<', '1', 'a letter makes a pre-release'],
    ['1.rc1', '=', '1.rc.1', 'letters and digits are parts of their own'],
    ['1.0.A', '<', '1.0.a', 'words go by the codes of their characters'],
    ['1.0-1', '=', '1.0.pre.1', 'a hyphen is a pre-release'],
    ['1.0-1', '<', '1.0', 'so a hyphen makes it earlier'],
    ['1.01', '=', '1.1', 'leading zeros do not count'],
    ['1.20210101123456789012', '<', '1.20210101123456789013', 'numbers have any length'],
    ['', '=', '0', 'nothing is 0'],
    ['1.0+x', '=', '1.0.x', 'other characters only separate'],
  ]);
});
