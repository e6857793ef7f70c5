import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demandShortPath } from './configuration.ts';

describe("podman's directory in tests", () => {
  it('may be 46 characters long, which is 50 with its run directory', () => {
    demandShortPath(`/tmp/${'x'.repeat(41)}`);
  });

  it('is refused from 47 on, where clean-ups would fail unseen', () => {
    const directory = `/tmp/${'x'.repeat(42)}`;
    assert.throws(() => demandShortPath(directory), {
      message: `podman's run directory may be 50 characters long, and ${directory}/run has 51: set TMPDIR to a shorter path`,
    });
  });
});
