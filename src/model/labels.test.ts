import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { allowedLabels } from './labels.ts';

describe('labels that may be recorded', () => {
  const labels = {
    app: 'web',
    'com.docker.compose.service': 'web',
    PASSWORD: 'x',
    'com.example.cost': '7',
    n: 1,
  };

  it('are those of the allow-list', () => {
    assert.deepEqual(allowedLabels(labels), { app: 'web', 'com.docker.compose.service': 'web' });
  });

  it('and those that users declared', () => {
    assert.deepEqual(allowedLabels(labels, new Set(['com.example.cost', 'n', 'absent'])), {
      app: 'web',
      'com.docker.compose.service': 'web',
      'com.example.cost': '7',
    });
  });

  it('lose the credentials of an address', () => {
    const source = 'org.opencontainers.image.source';
    const recorded = (value: string) => allowedLabels({ [source]: value })[source];
    assert.equal(recorded('https://ci:s3cr3t@git.example/shop?a=b@c'), 'https://git.example/shop?a=b@c');
    assert.equal(recorded('see ssh://git@a/b, HTTPS://p@ss@c/d'), 'see ssh://a/b, HTTPS://c/d');
    assert.equal(recorded('https://git.example/@acme/shop'), 'https://git.example/@acme/shop');
  });

  it('are cut where they are no names any more', () => {
    assert.equal(allowedLabels({ app: 'x'.repeat(10_000) })['app']?.length, 512);
    assert.deepEqual(allowedLabels(null), {});
  });
});
