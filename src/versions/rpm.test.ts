import { describe } from 'node:test';
import { verifyAscending, verifyCases } from './version-cases.fixture.ts';

describe('versions of rpm', () => {
  verifyCases('rpm', [
    ['1.9', '<', '1.10', 'digits are numbers'],
    ['1.09', '=', '1.9', 'leading zeros do not count'],
    ['2.0', '<', '1:1.0', 'the epoch comes first'],
    ['0:1.0', '=', '1.0', 'no epoch is epoch 0'],
    [':1.0', '=', '1.0', 'an empty one, too'],
    ['1.0', '<', '1.0-1', 'no release is before every release'],
    ['1.0-1.el8', '<', '1.0-2.el7', 'the release is compared by itself'],
    ['1.0-1-2', '<', '1.0-2-1', 'and begins at the last hyphen'],
    ['1.0~rc1', '<', '1.0', 'a tilde is before the end'],
    ['1.0~rc1', '<', '1.0~rc1^git1', 'a caret is after it'],
    ['1.0', '<', '1.0^git1', 'also after the end'],
    ['1.0^git1', '<', '1.0.1', 'but before a further number'],
    ['1.0^git1', '<', '1.0a', 'and before a letter'],
    ['1.0a', '<', '1.0.1', 'letters are before numbers'],
    ['1.0.A', '<', '1.0.a', 'letters go by their codes'],
    ['1.0', '=', '1_0', 'other characters only separate'],
    ['1.0', '=', '1..0.', 'as many as there are'],
    ['1a', '=', '1.a', 'as do a digit and a letter'],
    ['1.el8', '<', '1.el10', 'and a letter and a digit'],
    ['1.20210101123456789012', '<', '1.20210101123456789013', 'numbers have any length'],
    ['', '<', '0', 'nothing is before everything'],
    ['x:1', '<', '1', 'what is no number is no epoch'],
  ]);
  verifyAscending('rpm', ['1.0~~', '1.0~', '1.0~^', '1.0', '1.0^~', '1.0^', '1.0^a', '1.0a', '1.0.1', '1.1']);
});
