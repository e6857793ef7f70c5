import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createAccounts, parseAccounts } from './accounts.ts';

describe('names of users', () => {
  it('come from passwd(5); the first name of a number counts', () => {
    const names = parseAccounts(
      'root:x:0:0::/root:/bin/sh\ntoor:x:0:0\n# note\nbroken\nwww:x:33:33:a:b:c\n:x:5:\n',
    );
    assert.deepEqual(
      [...names],
      [
        [0, 'root'],
        [33, 'www'],
      ],
    );
  });

  it('are the numbers where there is no such file', () => {
    assert.equal(createAccounts('/nonexistent/passwd')(1234), '1234');
  });
});
