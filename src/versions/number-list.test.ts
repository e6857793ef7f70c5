import { describe } from 'node:test';
import { verifyAscending, verifyCases } from './version-cases.fixture.ts';

describe('versions of Hackage', () => {
  verifyAscending('hackage', ['0', '0.1', '1', '1.0', '1.0.0', '1.0.1', '1.9', '1.10']);
  verifyCases('hackage', [
    ['1.02', '=', '1.2', 'leading zeros do not count'],
    ['1.20210101123456789012', '<', '1.20210101123456789013', 'numbers have any length'],
    ['99-rc', '<', '0', 'what is not numbers is before every version'],
    ['1-a', '<', '1-b', 'and goes by its characters'],
  ]);
});

describe('versions of CRAN', () => {
  verifyAscending('cran', ['0', '0.1', '1', '1.0', '1.0-0', '1.0-1', '1.0.2', '1.9', '1-10']);
  verifyCases('cran', [
    ['1.2-3', '=', '1-2.3', 'hyphens and dots are the same'],
    ['1.02', '=', '1.2', 'leading zeros do not count'],
    ['1.0a', '<', '0', 'what is not numbers is before every version'],
    ['', '<', '1.a', 'and goes by its characters'],
  ]);
});
