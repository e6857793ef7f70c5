import { describe } from 'node:test';
import { verifyAscending, verifyCases } from './version-cases.fixture.ts';

describe('versions of Alpine', () => {
  verifyCases('alpine', [
    ['1.9', '<', '1.10', 'numbers, not fractions'],
    ['1.05', '<', '1.1', 'but with a leading zero, like a fraction'],
    ['1.01', '<', '1.010', 'fractions go digit by digit'],
    ['01.1', '=', '1.1', 'the first number is a number in any case'],
    ['1.0', '<', '1.0.0', 'more numbers are later'],
    ['1.0a', '<', '1.0b', 'letters follow the alphabet'],
    ['1.0a', '<', '1.0.1', 'a letter is before a further number'],
    ['1.0_rc1', '<', '1.0', 'a release candidate is before the release'],
    ['1.0_rc1', '<', '1.0_rc2', 'candidates are counted'],
    ['1.0_rc', '<', '1.0_rc1', 'a first one may be without a number'],
    ['1.0', '<', '1.0_p1', 'a patch is after it'],
    ['1.0_p1_alpha', '<', '1.0_p1', 'a suffix may follow a suffix'],
    ['1.0_git20230101', '<', '1.0_git20240101', 'a snapshot has a date'],
    ['1.0-r9', '<', '1.0-r10', 'builds are counted'],
    ['1.0', '<', '1.0-r0', 'a build is after none'],
    ['1.0~1234', '<', '1.0~abcd', 'commits go by their characters'],
    ['1.0-r5', '<', '1.0~1234', 'a build is before a commit'],
    ['1.0_what', '<', '1.0', 'it ends where it is malformed, and before what ends well'],
    ['1.0b1', '<', '1.0b2', 'where both are malformed, their rests decide'],
    ['0.9.8zf-r0', '<', '0.9.8zh-r0', 'a second letter is malformed'],
    ['1.0bc', '<', '1.0b', 'and before what ends well'],
    ['1.0-x9', '<', '1.0-x10', 'with digits as numbers'],
    ['', '<', '0', 'nothing is malformed'],
    ['1..2', '<', '1', 'so is a dot without a number'],
  ]);
  verifyAscending('alpine', [
    '1.0_alpha',
    '1.0_alpha2',
    '1.0_beta',
    '1.0_pre1',
    '1.0_rc1',
    '1.0',
    '1.0-r1',
    '1.0_cvs1',
    '1.0_svn1',
    '1.0_git1',
    '1.0_hg1',
    '1.0_p1',
    '1.0c',
    '1.0.1',
    '1.1',
  ]);
});
