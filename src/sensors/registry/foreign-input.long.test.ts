import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseChallenges } from './challenge.ts';
import { ManifestProblem, parseManifest } from './manifest.ts';
import { formatImageReference, parseImageReference } from '../image-reference.ts';

const RUNS = { numRuns: 50_000 };

const DIGEST = `sha256:${'a'.repeat(64)}`;
const descriptor = fc.record(
  {
    mediaType: fc.oneof(fc.string(), fc.anything()),
    digest: fc.oneof(fc.constant(DIGEST), fc.anything()),
    size: fc.oneof(fc.nat(), fc.anything()),
    annotations: fc.anything(),
    platform: fc.anything(),
  },
  { requiredKeys: [] },
);
const manifest = fc.record(
  {
    schemaVersion: fc.oneof(fc.constant(2), fc.anything()),
    mediaType: fc.anything(),
    config: fc.oneof(descriptor, fc.anything()),
    layers: fc.oneof(fc.array(descriptor), fc.anything()),
    manifests: fc.oneof(fc.array(descriptor), fc.anything()),
  },
  { requiredKeys: [] },
);

describe('whatever a registry sends', () => {
  it('as a manifest is one, or is refused', () => {
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      manifest.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, fc.option(fc.string()), (body, type) => {
        try {
          const parsed = parseManifest(Buffer.from(body), type);
          const parts = parsed.kind === 'index' ? parsed.manifests : [parsed.config, ...parsed.layers];
          for (const { digest, size } of parts) assert.ok(digest === DIGEST && size >= 0);
        } catch (error) {
          assert.ok(error instanceof ManifestProblem, String(error));
        }
      }),
      RUNS,
    );
  });

  it('as a challenge is read without an error, in time that grows with its length', () => {
    const words = fc.constantFrom('Bearer', 'Basic', ' ', ',', '=', '"', '\\', 'realm', 'x', '\t');
    const header = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 400 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(header, (text) => {
        for (const challenge of parseChallenges(text)) {
          if (challenge.kind === 'bearer') assert.equal(typeof challenge.realm, 'string');
        }
      }),
      RUNS,
    );
  });
});

it('a name that is one is the same when it is written in full and read again', () => {
  const words = fc.constantFrom(
    'a',
    'b1',
    '/',
    ':',
    '@',
    '.',
    '-',
    '_',
    'A',
    DIGEST,
    'localhost',
    '5000',
    '[::1]',
  );
  const name = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 12 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(name, (text) => {
      const reference = parseImageReference(text);
      if (reference === null) return;
      assert.deepEqual(parseImageReference(formatImageReference(reference)), reference);
    }),
    RUNS,
  );
});
