import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parseOsName } from './node-facts.ts';

describe('the name of the operating system', () => {
  for (const [text, name] of [
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'Debian GNU/Linux 12 (bookworm)'],
    ["PRETTY_NAME='Alpine Linux v3.20'\n", 'Alpine Linux v3.20'],
    ['PRETTY_NAME=Void\n', 'Void'],
    ['NAME="Arch"\n', 'Linux'],
    ['', 'Linux'],
  ] as const) {
    it(`is ${name} in ${JSON.stringify(text)}`, () => assert.equal(parseOsName(text), name));
  }
});
