import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ContainersError } from './containers-error.ts';
import { negotiate } from './engine-api.ts';

const rows = [
  ['podman 4.3.1 is asked in its own version', '1.41', '1.24', '1.41'],
  ['Docker 20 is asked in its own version', '1.40', '1.12', '1.40'],
  ['Docker 29, which refuses below 1.44, in the newest that both know', '1.52', '1.44', '1.51'],
] as const;

describe('the version of the Docker API', () => {
  for (const [what, apiVersion, minimumApiVersion, chosen] of rows) {
    it(what, () => {
      assert.equal(negotiate({ product: 'docker', version: 'x', apiVersion, minimumApiVersion }), chosen);
    });
  }

  it('is refused with both ranges where there is none in common', () => {
    for (const [apiVersion, minimumApiVersion] of [
      ['1.18', '1.12'],
      ['1.80', '1.60'],
    ] as const) {
      assert.throws(
        () => negotiate({ product: 'docker', version: '99', apiVersion, minimumApiVersion }),
        (error) => error instanceof ContainersError && error.problem === 'unsupported' && error.next !== null,
      );
    }
  });
});
