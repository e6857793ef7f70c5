import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Advisory } from '#model';
import type { AdvisoryStore, AdvisoryWriter, NewAdvisory, WriteSummary } from './advisories.ts';

/** Opened with a reader of records that are the JSON of an {@link Advisory}. */
export type OpenAdvisories = (directory: string, read: (raw: Uint8Array) => Advisory | null) => AdvisoryStore;

/** `GHSA-1 alias CVE-1 in npm/left-pad at 5`: everything but the id can be left out. */
function sampleAdvisory(text: string): Advisory {
  const after = (word: string): readonly string[] =>
    (new RegExp(` ${word} ([^ ]+)`).exec(text)?.[1] ?? '').split(',').filter((each) => each !== '');
  return {
    id: text.split(' ', 1)[0] ?? '',
    modified: Number(after('at')[0] ?? 1),
    published: null,
    withdrawn: text.includes(' withdrawn') ? 2 : null,
    aliases: after('alias'),
    summary: text,
    severity: 'low',
    score: null,
    affected: after('in').map((entry) => {
      const [ecosystem = '', name = ''] = entry.split('/');
      return { ecosystem, name, ranges: [], versions: [] };
    }),
  };
}

/** The raw record of a sample, with a stamp of its own. */
function sampleRecord(text: string): NewAdvisory {
  const advisory = sampleAdvisory(text);
  const raw = Buffer.from(JSON.stringify(advisory));
  const stamp = createHash('sha256').update(raw).digest().readUIntBE(0, 6);
  return { stamp, raw, advisory };
}

export function readSample(raw: Uint8Array): Advisory | null {
  return JSON.parse(Buffer.from(raw).toString()) as Advisory;
}

const NOW = Date.UTC(2026, 10, 22);

/** Writes samples as a source would: what is known is not put again. */
export function writeSamples(
  store: AdvisoryStore,
  samples: readonly string[],
  options: { readonly source?: string; readonly complete?: boolean } = {},
): WriteSummary {
  const { source = 'main', complete = true } = options;
  const writer = store.write({ source, now: NOW, complete });
  putSamples(writer, samples);
  return writer.finish({ refused: 0, problems: [], validator: null });
}

function putSamples(writer: AdvisoryWriter, samples: readonly string[]): void {
  for (const record of samples.map(sampleRecord)) if (!writer.isKnown(record.stamp)) writer.put(record);
}

/** The contract of `advisories.ts`. */
export function advisoriesConformance(name: string, open: OpenAdvisories): void {
  describe(`${name} as a store of advisories`, () => {
    let directory = '';
    let store: AdvisoryStore;
    const opened = (): AdvisoryStore => open(join(directory, 'advisories'), readSample);
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'sheer-advisories-'));
      store = opened();
    });
    afterEach(() => {
      store.close();
      rmSync(directory, { recursive: true, force: true });
    });
    const idsOf = (id: string): readonly string[] => store.byId(id).map((each) => each.advisory.id);
    const summariesOf = (id: string): readonly string[] =>
      store.byId(id).map((each) => each.advisory.summary);
    const about = (ecosystem: string, ...names: readonly string[]): readonly string[] =>
      [...store.forPackages(names.map((each) => ({ ecosystem, name: each })))]
        .flat()
        .map((each) => each.advisory.id);
    const changesSince = (generation: number): readonly string[] =>
      [...store.changedSince(generation)]
        .flat()
        .map(({ id, now }) => `${id} ${now?.advisory.summary ?? 'gone'}`);

    it('is empty at first', () => {
      assert.deepEqual(
        [store.generation(), store.sources(), idsOf('CVE-1'), store.raw('CVE-1')],
        [0, [], [], null],
      );
    });

    it('finds records by id and alias, in any case', () => {
      writeSamples(store, ['GHSA-a alias CVE-1', 'DSA-1 alias CVE-1,CVE-2', 'CVE-1', 'CVE-11']);
      assert.deepEqual(idsOf('cve-1').toSorted(), ['CVE-1', 'DSA-1', 'GHSA-a']);
      assert.deepEqual(idsOf('CVE-2'), ['DSA-1']);
      assert.deepEqual(idsOf('CVE-3'), []);
    });

    it('finds records by package, without release and however names are folded', () => {
      writeSamples(store, ['A in Debian:12/a', 'B in Debian:11/a,npm/b', 'C in PyPI/Foo_Bar', 'D in npm/a']);
      assert.deepEqual(about('Debian', 'a'), ['A', 'B']);
      assert.deepEqual(about('npm', 'a', 'b'), ['B', 'D']);
      assert.deepEqual(about('PyPI', 'foo-bar'), ['C']);
      assert.deepEqual(about('Debian', 'b'), []);
    });

    it('gives the raw record', () => {
      writeSamples(store, ['A in npm/a', 'B']);
      assert.equal(
        Buffer.from(store.raw('a') ?? []).toString(),
        JSON.stringify(sampleAdvisory('A in npm/a')),
      );
    });

    it('keeps thousands of records, over many blocks, and over a reopening', () => {
      const samples = Array.from(
        { length: 5000 },
        (_, index) => `A-${index} alias CVE-${index} in npm/p-${index % 100}`,
      );
      writeSamples(store, samples);
      store.close();
      store = opened();
      assert.equal(about('npm', 'p-7').length, 50);
      for (const index of [0, 63, 64, 2500, 4999]) assert.deepEqual(idsOf(`CVE-${index}`), [`A-${index}`]);
      assert.equal(store.sources()[0]?.records, 5000);
    });

    it('follows what changes, comes and goes in a complete source', () => {
      writeSamples(store, ['A at 1', 'B at 1', 'C at 1']);
      const generation = store.generation();
      const summary = writeSamples(store, ['A at 1', 'B at 2 in npm/b', 'D at 1']);
      assert.deepEqual(summary, {
        generation: generation + 1,
        added: 1,
        changed: 1,
        removed: 1,
        duplicates: 0,
      });
      assert.deepEqual(changesSince(generation), ['B B at 2 in npm/b', 'D D at 1', 'C gone']);
      assert.deepEqual([idsOf('C'), summariesOf('B')], [[], ['B at 2 in npm/b']]);
    });

    it('is the same generation when nothing changed', () => {
      writeSamples(store, ['A', 'B']);
      const summary = writeSamples(store, ['B', 'A']);
      assert.deepEqual(summary, { generation: 1, added: 0, changed: 0, removed: 0, duplicates: 0 });
      assert.deepEqual(changesSince(1), []);
    });

    it('of a source that is not complete, removes nothing and goes not back in time', () => {
      writeSamples(store, ['A at 5', 'B at 1'], { complete: false });
      writeSamples(store, ['A at 4', 'B at 2'], { complete: false });
      assert.deepEqual([summariesOf('A'), summariesOf('B')], [['A at 5'], ['B at 2']]);
    });

    it('keeps a record whose successor cannot be read', () => {
      writeSamples(store, ['A', 'B']);
      const writer = store.write({ source: 'main', now: NOW, complete: true });
      writer.keep('A');
      writer.finish({ refused: 1, problems: [{ place: 'A.json', problem: 'is no JSON' }], validator: 'v' });
      assert.deepEqual([idsOf('A'), idsOf('B')], [['A'], []]);
      assert.deepEqual(store.sources()[0]?.problems, [{ place: 'A.json', problem: 'is no JSON' }]);
    });

    it('takes the same record under another stamp for the same', () => {
      writeSamples(store, ['A', 'B']);
      const writer = store.write({ source: 'main', now: NOW, complete: true });
      assert.equal(writer.put({ ...sampleRecord('A'), stamp: 7 }), 'same');
      assert.equal(writer.put({ ...sampleRecord('B'), stamp: 8 }), 'same');
      assert.equal(writer.finish({ refused: 0, problems: [], validator: null }).generation, 1);
      const again = store.write({ source: 'main', now: NOW, complete: true });
      assert.deepEqual([again.isKnown(7), again.isKnown(9)], [true, false]);
      again.abort();
    });

    it('lets somebody read on while something else is written', () => {
      writeSamples(store, ['A in npm/a', 'B in npm/b']);
      const reading = store.changedSince(0)[Symbol.iterator]();
      const first = reading.next();
      writeSamples(store, ['C in npm/c'], { source: 'other' });
      assert.equal(first.done, false);
      assert.doesNotThrow(() => reading.next());
    });

    for (const when of ['at first', 'later'] as const) {
      it(`of what stands twice in a source takes the newest, ${when}`, () => {
        if (when === 'later') writeSamples(store, ['Z']);
        const summary = writeSamples(store, ['A at 1', 'A at 3', 'A at 2', 'B']);
        assert.deepEqual(summariesOf('A'), ['A at 3']);
        assert.equal(summary.duplicates, 2);
        assert.equal(store.sources()[0]?.records, 2);
      });
    }

    it('of two sources the newest record counts, and the other when that is gone', () => {
      writeSamples(store, ['A at 1 in npm/a', 'B at 1']);
      writeSamples(store, ['A at 2 in npm/b'], { source: 'other' });
      assert.deepEqual(
        [summariesOf('A'), about('npm', 'a'), about('npm', 'b')],
        [['A at 2 in npm/b'], [], ['A']],
      );
      const generation = store.generation();
      writeSamples(store, [], { source: 'other' });
      assert.deepEqual(
        [summariesOf('A'), about('npm', 'a'), about('npm', 'b')],
        [['A at 1 in npm/a'], ['A'], []],
      );
      assert.deepEqual(changesSince(generation), ['A A at 1 in npm/a']);
    });

    it('of two sources the newest record counts, also for an id that only the older one has', () => {
      writeSamples(store, ['A alias CVE-1 at 1', 'B alias CVE-1 at 1']);
      writeSamples(store, ['A alias CVE-2 at 2'], { source: 'other' });
      assert.deepEqual([idsOf('CVE-1'), idsOf('CVE-2'), idsOf('A')], [['B'], ['A'], ['A']]);
    });

    it('tells what a source holds', () => {
      writeSamples(store, ['A at 3 in Debian:12/a,Debian:11/a,npm/a', 'B withdrawn at 9 in npm/b', 'C']);
      writeSamples(store, ['B withdrawn at 9 in npm/b', 'D in npm/d']);
      assert.deepEqual(store.sources(), [
        {
          id: 'main',
          records: 2,
          withdrawn: 1,
          ecosystems: { npm: 2 },
          modifiedUntil: 9,
          syncedAt: NOW,
          refused: 0,
          problems: [],
          validator: null,
        },
      ]);
    });

    for (const when of ['at first', 'later'] as const) {
      it(`has nothing of what was given up, ${when}`, () => {
        if (when === 'later') writeSamples(store, ['A']);
        const writer = store.write({ source: 'other', now: NOW, complete: true });
        putSamples(writer, ['A at 7', 'B']);
        writer.abort();
        assert.deepEqual([idsOf('B'), store.sources().length], [[], when === 'later' ? 1 : 0]);
        writeSamples(store, ['C'], { source: 'other' });
        assert.deepEqual(idsOf('C'), ['C']);
      });
    }

    for (const when of ['at first', 'later'] as const) {
      it(`shows what another one writes when it is finished, ${when}`, () => {
        if (when === 'later') writeSamples(store, ['A']);
        const other = opened();
        const writer = store.write({ source: 'other', now: NOW, complete: true });
        putSamples(writer, ['B']);
        assert.deepEqual(other.byId('B'), []);
        writer.finish({ refused: 0, problems: [], validator: null });
        assert.equal(other.byId('B').length, 1);
        other.close();
      });
    }
  });
}
