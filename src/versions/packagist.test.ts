import { describe } from 'node:test';
import { verifyAscending, verifyCases } from './version-cases.fixture.ts';

describe('versions of Packagist', () => {
  verifyAscending('packagist', [
    '1.0.0-what',
    '1.0.0-dev',
    '1.0.0-alpha1',
    '1.0.0-alpha2',
    '1.0.0-beta',
    '1.0.0-beta1',
    '1.0.0-RC1',
    '1.0.0-RC10',
    '1.0.0',
    '1.0.0.0',
    '1.0.0.1',
    '1.0.0-p1',
    '1.0.0-patch2',
    '1.0.1',
    '1.10',
  ]);
  verifyCases('packagist', [
    ['v1.0', '=', '1.0', 'the letter does not count'],
    ['V1.0', '=', 'v1.0', 'in any case'],
    ['1.0', '<', '1.0.0', 'more numbers are later'],
    ['1.0a1', '=', '1.0-alpha.1', 'a is alpha, with any separators'],
    ['1.0.b2', '=', '1.0_beta+2', 'b is beta'],
    ['1.0rc1', '=', '1.0RC1', 'rc is RC'],
    ['1.0-pl1', '=', '1.0-patch1', 'what begins with p is a patch'],
    ['1.0-Beta', '=', '1.0-what', 'other case is not known'],
    ['1.0-what', '=', '1.0-stable', 'what is not known is the same'],
    ['1.01', '=', '1.1', 'leading zeros do not count'],
    ['1.20210101123456789012', '<', '1.20210101123456789013', 'numbers have any length'],
    ['', '<', '0', 'nothing is before everything'],
    ['1.0.', '<', '1.0', 'a dot that ends it is before what ends without'],
    ['dev-main', '<', '0.0.1', 'a branch is before numbers'],
  ]);
});
