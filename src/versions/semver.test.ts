import { describe } from 'node:test';
import { verifyAscending, verifyCases } from './version-cases.fixture.ts';

describe('semantic versions', () => {
  verifyAscending('semver', [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '2.0.0',
    '2.1.0',
    '2.1.1',
  ]);
  verifyCases('semver', [
    ['1.0.0+1', '=', '1.0.0+2', 'builds do not count'],
    ['1.0.0-a+1', '=', '1.0.0-a', 'nor those of a pre-release'],
    ['1.9.0', '<', '1.10.0', 'numbers, not text'],
    ['1.0.0-2', '<', '1.0.0-10', 'in a pre-release, too'],
    ['1.0.0-9', '<', '1.0.0-1a', 'a number is before a word'],
    ['1.0.0-Beta', '<', '1.0.0-alpha', 'words go by the codes of their characters'],
    ['1.0.0-r100', '<', '1.0.0-r2', 'a word with digits is a word'],
    ['1.0.0-a', '<', '1.0.0-a.0', 'more parts are later'],
    ['1.0.0-20210101123456789012', '<', '1.0.0-20210101123456789013', 'numbers have any length'],
    ['v1.2.3', '=', '1.2.3', "Go's letter does not count"],
    ['=1.2.3', '=', '1.2.3', "nor npm's sign"],
    ['1.2', '=', '1.2.0', 'what is missing is 0'],
    ['1.02.3', '=', '1.2.3', 'leading zeros do not count'],
    ['1.2.3beta', '=', '1.2.3-beta', 'a hyphen may be missing'],
    ['1.2.3', '<', '1.2.3.4', 'a fourth number counts'],
    ['1.2.3.4', '<', '1.2.4', 'after the third'],
    ['1.0.', '=', '1.0', 'dots too many do not count'],
    ['1..2', '=', '1.2', 'wherever they stand'],
    ['1.0.0--.1', '=', '1.0.0-.1', 'an empty part is a hyphen'],
    ['v0.0.0-20210101000000-abcdef123456', '<', 'v0.0.1', "Go's pseudo-version is before the next version"],
    ['v1.2.3-0.20210101000000-abcdef123456', '<', 'v1.2.3', 'also within a series'],
    ['v2.0.0+incompatible', '=', 'v2.0.0', 'a note about modules is a build'],
    ['latest', '<', '0.0.0-0', 'what begins with no number is before every version'],
    ['', '<', 'latest', 'among those, characters decide'],
  ]);
});

describe('versions of Pub', () => {
  verifyAscending('pub', [
    '1.0.0-alpha',
    '1.0.0-alpha+1',
    '1.0.0-beta',
    '1.0.0',
    '1.0.0+1',
    '1.0.0+2',
    '1.0.0+10',
    '1.0.0+a',
    '1.0.0+a.1',
    '1.0.1',
  ]);
  verifyCases('pub', [
    ['1.0.0+01', '=', '1.0.0+1', 'leading zeros of builds do not count'],
    ['1.0.0+', '=', '1.0.0', 'nothing after a plus is no build'],
    ['main', '<', '0.0.0', 'what begins with no number is before every version'],
  ]);
});

describe('versions of NuGet', () => {
  verifyAscending('nuget', ['1.0.0-1', '1.0.0-alpha', '1.0.0-beta', '1.0.0', '1.0.0.1', '1.0.1']);
  verifyCases('nuget', [
    ['1.0', '=', '1.0.0.0', 'what is missing is 0'],
    ['1.01.1', '=', '1.1.1', 'leading zeros do not count'],
    ['1.0.0-ALPHA', '=', '1.0.0-alpha', 'case does not count'],
    ['1.0.0-alpha.Beta', '<', '1.0.0-ALPHA.gamma', 'in no part'],
    ['1.0.0+a', '=', '1.0.0+b', 'builds do not count'],
    ['1.0.0.1-alpha', '<', '1.0.0.1', 'a fourth number may have pre-releases'],
    ['1.0.0-beta.2', '<', '1.0.0-beta.10', 'parts of digits are numbers'],
    ['1.0.0-10000000000', '<', '1.0.0-9999999999', 'those of more than 32 bits are words'],
    ['1.0.0-5', '<', '1.0.0-10000000000', 'which are after numbers'],
    ['x', '<', '0.0.0-a', 'what begins with no number is before every version'],
  ]);
});
