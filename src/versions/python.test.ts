import { describe } from 'node:test';
import { verifyAscending, verifyCases } from './version-cases.fixture.ts';

describe('versions of Python', () => {
  // PEP 440, "Summary of permitted suffixes and relative ordering", and its examples.
  verifyAscending('python', [
    '1.dev0',
    '1.0.dev456',
    '1.0a1',
    '1.0a2.dev456',
    '1.0a12.dev456',
    '1.0a12',
    '1.0b1.dev456',
    '1.0b2',
    '1.0b2.post345.dev456',
    '1.0b2.post345',
    '1.0rc1.dev456',
    '1.0rc1',
    '1.0',
    '1.0+abc.5',
    '1.0+abc.7',
    '1.0+5',
    '1.0.post456.dev34',
    '1.0.post456',
    '1.0.15',
    '1.1.dev1',
    '1!0.1',
  ]);
  verifyCases('python', [
    ['1.0', '=', '1.0.0', 'zeros at the end do not count'],
    ['1.0', '=', 'V1.0', 'nor does the letter'],
    ['1.0', '=', ' 1.0 ', 'nor do spaces'],
    ['1.1RC1', '=', '1.1rc1', 'nor does case'],
    ['1.1alpha1', '=', '1.1a1', 'alpha is a'],
    ['1.1beta1', '=', '1.1b1', 'beta is b'],
    ['1.1c1', '=', '1.1rc1', 'c is rc'],
    ['1.1-preview_1', '=', '1.1rc1', 'so is preview, with any separators'],
    ['1.1pre', '=', '1.1rc0', 'no number is 0'],
    ['1.1.rev3', '=', '1.1.post3', 'rev is post'],
    ['1.1-r3', '=', '1.1.post3', 'so is r'],
    ['1.1-3', '=', '1.1.post3', 'and a bare number'],
    ['1.1post', '=', '1.1.post0', 'no number is 0'],
    ['1.1_dev', '=', '1.1.dev0', 'of development, too'],
    ['1.0+ubuntu-1', '=', '1.0+ubuntu.1', 'separators of local versions are the same'],
    ['1.0+UBUNTU', '=', '1.0+ubuntu', 'case of local versions does not count'],
    ['1.0+a', '<', '1.0+1', 'words are before numbers'],
    ['1.0+1', '<', '1.0+1.a', 'more parts are later'],
    ['1.09', '=', '1.9', 'leading zeros do not count'],
    ['1.20210101123456789012', '<', '1.20210101123456789013', 'numbers have any length'],
    ['0:9', '<', '0.dev0', 'what is no version is before every version'],
    ['2.0-custom', '<', '1.dev0', 'however high its numbers are'],
  ]);
});

describe('versions of Python from before PEP 440', () => {
  verifyAscending('python', [
    '',
    '0.8-what',
    '1.0.foo-1',
    '1.0~dev1',
    '1.0~rc',
    '1.0~1',
    '1.1-foo',
    '1.1.foo1',
    '2-foo',
    '10-foo',
  ]);
  verifyCases('python', [
    ['1.0-Foo', '=', '1.0-foo', 'case does not count'],
    ['1.0-foo', '=', '1-foo', 'zeros before a word do not count'],
    ['1-foo-preview', '=', '1-foo-c', 'preview is c'],
    ['1-foo-c', '<', '1-foo-x', 'words go by their characters'],
  ]);
});
