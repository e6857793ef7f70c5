import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { containerInstanceId, processInstanceId, startTicksOf } from './identifiers.ts';

describe('the id of a process', () => {
  it('tells when it began, so that another with its number is not taken for it', () => {
    assert.equal(startTicksOf(processInstanceId('0a1b2c3d-4e5f', 42, 123_456)), 123_456);
    assert.equal(startTicksOf(containerInstanceId('4242')), null);
  });
});
