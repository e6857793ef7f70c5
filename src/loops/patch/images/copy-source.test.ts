import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CopyEdge } from '#graph';
import { copySource } from './copy-source.ts';

const edge = (key: string | null, stage: string | null): CopyEdge => ({
  key,
  name: key ?? 'never-seen:1',
  stage,
  sources: ['/build'],
  destination: '/opt',
  line: 3,
});
const holding =
  (known: Readonly<Record<string, boolean>>) =>
  (image: string): boolean | null =>
    known[image] ?? null;

describe('where copied files are from', () => {
  it('the image below the stage, if that image has them', () => {
    assert.deepEqual(copySource([edge('python', 'build')], holding({ python: true })), {
      kind: 'image',
      key: 'python',
      name: 'python',
    });
  });

  it("the stage's own steps, if the image below it has not", () => {
    const from = [edge('python', 'build')];
    assert.deepEqual(copySource(from, holding({ python: false })), { kind: 'stage', stage: 'build' });
  });

  it('the image, as long as nobody has read it', () => {
    assert.equal(copySource([edge('python', 'build')], holding({})).kind, 'image');
    assert.deepEqual(copySource([edge(null, 'build')], holding({})), {
      kind: 'image',
      key: null,
      name: 'never-seen:1',
    });
  });

  it('of several the one that has them', () => {
    const from = [edge('python', 'build'), edge('tools', null)];
    assert.deepEqual(copySource(from, holding({ python: false, tools: true })), {
      kind: 'image',
      key: 'tools',
      name: 'tools',
    });
  });

  it('an image that was copied from directly, also when its newer build has them no more', () => {
    assert.equal(copySource([edge('tools', null)], holding({ tools: false })).kind, 'image');
  });
});
