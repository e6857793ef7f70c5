import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { after, afterEach, before } from 'node:test';
import { SheerError } from '#model';
import { FakeRegistry, type FakeImage } from '../../../test/registry/fake-registry.ts';
import type { WantedImage } from '../image-content.ts';
import { createRegistrySource, type RegistrySource } from './registry-source.ts';
import { REGISTRY_TIMING } from './timing.ts';

export const LAYER = randomBytes(300_000);
export const NEVER = new AbortController().signal;

export let registry: FakeRegistry;
export let image: FakeImage;

before(async () => {
  registry = await FakeRegistry.start();
  image = registry.image('shop/web', '1', { layers: [LAYER] });
});
afterEach(() => {
  registry.behave = () => false;
  registry.requests.length = 0;
});
after(() => registry.stop());

export const source = (timing: Partial<typeof REGISTRY_TIMING> = {}): RegistrySource =>
  createRegistrySource({
    clock: Date.now,
    random: () => 0,
    credentials: () => ({ kind: 'none' }),
    platform: { os: 'linux', architecture: 'amd64', variant: null },
    timing: { ...REGISTRY_TIMING, backoffMs: 1, attemptsMax: 3, ...timing },
  });

export const wanted = (name = `${registry.host}/shop/web:1`): WantedImage => ({
  id: null,
  names: [name],
  digests: [],
});

export async function readAll(
  from: RegistrySource = source(),
  what: WantedImage = wanted(),
): Promise<Buffer> {
  const content = await from.open(what, NEVER);
  assert.ok(content !== null, 'the image is there');
  const pieces: Buffer[] = [];
  for await (const { bytes } of content.layers(() => false)) {
    for await (const piece of bytes) pieces.push(piece);
  }
  await content.config();
  await content.close();
  return Buffer.concat(pieces);
}

export const failing = (code: string, remedy: string, message: RegExp): ((error: unknown) => boolean) => {
  return (error) => {
    assert.ok(error instanceof SheerError, String(error));
    assert.match(error.message, message);
    assert.deepEqual([error.code, error.remedy], [code, remedy]);
    return true;
  };
};

export const blobPath = (): string => `/v2/shop/web/blobs/${image.layers[0]}`;

/** Begins an answer of the blob, sends these bytes of it, and hangs up. */
export function cutAfter(response: ServerResponse, from: number, bytes: number): void {
  const headers = {
    'content-length': LAYER.length - from,
    'content-range': `bytes ${from}-${LAYER.length - 1}/${LAYER.length}`,
  };
  response.writeHead(from === 0 ? 200 : 206, headers);
  response.write(LAYER.subarray(from, from + bytes), () => response.destroy());
}
