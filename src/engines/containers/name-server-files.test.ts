import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressesIn } from './name-server-files.ts';

const ID = 'e2842a812ad032b5320463585547b401e422f2289b2d35ff52587267dfd8847d';

describe('what aardvark-dns was told, as netavark 1.4 wrote it', () => {
  it('of a container with both families', () => {
    const text = `10.201.7.1,fd00:c0:1::1\n${ID} 10.201.7.4 fd00:c0:1::4 a,e2842a812ad0\n`;
    assert.deepEqual(addressesIn(text, ID), ['10.201.7.4', 'fd00:c0:1::4']);
  });

  it('of a container without IPv6', () => {
    assert.deepEqual(addressesIn(`10.201.8.1\n${ID} 10.201.8.2  a,e2842a812ad0\n`, ID), ['10.201.8.2']);
  });

  it('of another container', () => {
    assert.deepEqual(addressesIn(`10.201.8.1\n${ID} 10.201.8.2  a\n`, 'f'.repeat(64)), []);
  });
});
