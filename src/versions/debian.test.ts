import { describe } from 'node:test';
import { verifyAscending, verifyCases } from './version-cases.fixture.ts';

describe('versions of Debian', () => {
  verifyCases('debian', [
    ['1.9', '<', '1.10', 'digits are numbers'],
    ['1.09', '=', '1.9', 'leading zeros do not count'],
    ['2.0', '<', '1:1.0', 'the epoch comes first'],
    ['0:1.0', '=', '1.0', 'no epoch is epoch 0'],
    ['10:1', '<', '0011:1', 'an epoch is a number'],
    ['1.0', '=', '1.0-0', 'no revision is revision 0'],
    ['1.0-1', '<', '1.0-1.1', 'a non-maintainer upload follows its revision'],
    ['1.0-1-2', '<', '1.0-2-1', 'the revision begins at the last hyphen'],
    ['1.0~rc1', '<', '1.0', 'a tilde is before the end'],
    ['1.0~~', '<', '1.0~', 'two tildes are before one'],
    ['1.0~~a', '<', '1.0~', 'also when something follows'],
    ['1.0~bpo12+1', '<', '1.0', 'a backport is before what it was made from'],
    ['1.0', '<', '1.0a', 'a letter is after the end'],
    ['1.0a', '<', '1.0+', 'letters are before everything else'],
    ['1.0Z', '<', '1.0a', 'letters go by their codes'],
    ['1.0+', '<', '1.0.', 'so does everything else'],
    ['1.2.3', '<', '1.2.3-1', 'revision 0 is before revision 1'],
    ['1.0-1', '<', '1.0-1+b1', 'a rebuild follows'],
    ['1.0-1', '<', '1.0-1ubuntu0.1', "Ubuntu's change follows"],
    ['1.0-1+deb11u1', '<', '1.0-1+deb12u1', 'a fix of a later release is later'],
    ['1.20210101123456789012', '<', '1.20210101123456789013', 'numbers have any length'],
    ['9', '<', '10000000000000000000000000', 'a longer number is greater'],
    ['1.0', '<', '1.0.', 'a dot that ends it counts'],
    ['', '<', '0~~', 'nothing is before every version'],
    ['a:1', '<', 'b:1', 'what is no number is no epoch, but compares'],
    ['2:', '<', '2:1', 'an epoch alone is an empty version of it'],
  ]);
  verifyAscending('debian', ['1:0~rc1', '1:0', '1:0a', '1:0+b1', '1:1', '2:0']);
});
