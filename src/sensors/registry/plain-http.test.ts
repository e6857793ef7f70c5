import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SheerError } from '#model';
import { failing, LAYER, readAll, registry, wanted } from './hostile-registry.fixture.ts';
import { createRegistrySource, type RegistrySource } from './registry-source.ts';

/** It leads to this machine, and is none of loopback's names. */
const host = (): string => registry.host.replace('127.0.0.1', '0.0.0.0');

const source = (insecure: readonly string[]): RegistrySource =>
  createRegistrySource({
    clock: Date.now,
    random: () => 0,
    credentials: () => ({ kind: 'none' }),
    certificates: () => [],
    insecure,
  });

describe('a registry without encryption', () => {
  it('is not asked a thing unless it was named', async () => {
    const reading = readAll(source([]), wanted(`${host()}/shop/web:1`));
    await assert.rejects(reading, (error) => {
      assert.equal(
        (error as SheerError).next,
        `if its network is trusted: sheer up --insecure-registry ${host()}`,
      );
      return failing('sensor-failed', 'stalled', /does not speak TLS/)(error);
    });
    assert.deepEqual(registry.requests, []);
  });

  it('is read where it was named', async () => {
    assert.deepEqual(await readAll(source([host()]), wanted(`${host()}/shop/web:1`)), LAYER);
  });
});
