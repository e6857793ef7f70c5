import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Graph } from '#graph';
import { affectedSchema } from '#model/answers';
import type {
  Advisory,
  AffectedAnswer,
  BuildSourceData,
  ImageData,
  NewFact,
  SubjectData,
  SubjectKind,
} from '#model';
import { openSqliteAdvisories, openSqliteStore, type AdvisoryStore, type Store } from '#store';
import { FakeImages, type FakeImage } from './fake-images.fixture.ts';
import { FakeInstances } from './fake-instances.fixture.ts';
import type { IntakeDocument, IntakeStatement } from './advisories/advisory-intake.ts';
import { PatchLoop } from './patch-loop.ts';

/** 2026-09-21 */
const BEGINNING = 1_790_000_000_000;
export const DAY_MS = 86_400_000;

const NODE = 'n';

/** The patch loop on a real store, a real graph and a real index, with images, instances and a clock that do as a test says. */
export class PatchWorld {
  readonly directory = mkdtempSync(join(tmpdir(), 'sheerline-patch-'));
  readonly images = new FakeImages();
  now = BEGINNING;
  troubles: string[] = [];
  /** What the next sync brings. */
  brings: Brought = { records: [], statements: [], documents: [] };
  instances = new FakeInstances(() => this.now);
  store!: Store;
  graph!: Graph;
  advisories!: AdvisoryStore;
  loop!: PatchLoop;
  #sequence = 0;
  #stamp = 0;

  /** @param asked whether somebody asks what images hold, so that they are read */
  start({ asked = true } = {}): this {
    const clock = (): number => this.now;
    this.store = openSqliteStore({ directory: this.directory, clock, node: NODE });
    this.advisories = openSqliteAdvisories({
      directory: join(this.directory, 'advisories'),
      // Written by `publish` below.
      read: (raw) => JSON.parse(Buffer.from(raw).toString()) as Advisory,
    });
    this.graph = new Graph();
    for (const stream of ['audit', 'observations'] as const)
      for (const facts of this.store.read(stream, 0)) this.graph.apply(stream, facts);
    this.store.watch((stream, facts) => this.graph.apply(stream, facts));
    this.#sequence = this.graph.facts.sequenceOf(`test@${NODE}`);
    this.instances.watchNobody();
    this.loop = new PatchLoop({
      store: this.store,
      advisories: this.advisories,
      graph: this.graph,
      instances: this.instances,
      readers: this.images,
      intake: { read: () => this.#read() },
      node: NODE,
      clock,
      logger: { error: (message, fields) => void this.troubles.push(`${message} ${JSON.stringify(fields)}`) },
    });
    this.loop.start();
    if (asked) this.ask.who('nothing@0', null).catch((error: unknown) => this.troubles.push(String(error)));
    return this;
  }

  /** What can be asked; the answer of `who` is held against its schema. */
  get ask() {
    const { questions } = this.loop;
    return {
      ...questions,
      isVulnerability: (subject: string) => questions.isVulnerability(subject),
      packages: (subject: string, options: { readonly refresh: boolean }) =>
        questions.packages(subject, options),
      who: async (subject: string, at: number | null): Promise<AffectedAnswer> =>
        affectedSchema.parse(JSON.parse(await questions.who(subject, at))),
    };
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    this.advisories.close();
    this.store.close();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
    assert.deepEqual(this.troubles, []);
  }

  /** An image that the engine has, by its name; with the packages of its base and its own. */
  image(name: string, packages: readonly string[], options: ImageOptions = {}): FakeImage {
    const image = this.images.add(packages, options.base ?? null);
    const data: ImageData = {
      names: [name],
      digests: [],
      diffIds: image.diffIds,
      labels: options.labels ?? {},
      sizeBytes: null,
      created: options.created ?? this.now,
      platform: 'linux/amd64',
    };
    this.say('image', image.id, data);
    return { ...image, name };
  }

  /** The image has another tag now. */
  relabel({ id, diffIds }: FakeImage, name: string): void {
    const unknown = { labels: {}, sizeBytes: null, created: null, platform: null };
    this.say('image', id, { ...unknown, names: [name], digests: [], diffIds });
  }

  say<K extends SubjectKind>(kind: K, id: string, data: SubjectData[K] | null): void {
    const base = {
      recordedAt: this.now,
      validFrom: this.now,
      evidence: 'observed',
      source: { id: 'test', node: NODE, sequence: ++this.#sequence },
      subject: { kind, id },
    } as const;
    // Kind and data belong together by the signature above.
    const fact = (data === null ? { ...base, kind: 'end' } : { ...base, kind: 'assert', data }) as NewFact;
    this.store.append('observations', [fact], this.store.head('observations').position);
  }

  team(name: string): void {
    this.say('team', name, { name, contact: null });
  }

  source(name: string, owner: string, base: string | null): void {
    const data: BuildSourceData = {
      name,
      owner,
      context: '/src',
      containerfile: 'Containerfile',
      target: null,
      base,
      stages: [],
      copies: [],
      downloads: [],
      location: `sheer.yaml images.${name}`,
    };
    this.say('build-source', name, data);
  }

  run(name: string, image: FakeImage, options: { readonly service?: string } = {}): string {
    return this.instances.start(name, image, options.service ?? 'production/shop/web');
  }

  /** Syncs records as a source brings them. */
  async publish(...records: readonly Advisory[]): Promise<readonly string[]> {
    this.brings.records.push(...records);
    const steps = await Array.fromAsync(
      this.ask.sync({ place: 'test', acceptFewer: false, actor: 'ann' }, new AbortController().signal),
    );
    return steps.at(-1)?.newlyAffected ?? [];
  }

  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      if (await condition()) return;
      this.loop.wake();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail(`never true: ${condition.toString()}; ${this.troubles.join('; ')}`);
  }

  /** Every image that runs has been read, or it is known why not. */
  async settled(): Promise<void> {
    await this.until(() =>
      this.ask.imageTree(null).every(({ id, packages }) => id === null || packages !== null),
    );
  }

  caseOf(id: string) {
    const every = { state: null, team: null, severity: null, overdue: false, limit: null };
    return this.ask.cases(every).find((one) => one.vulnerability === id) ?? null;
  }

  async *#read() {
    const { records, statements, documents } = this.brings;
    this.brings = { records: [], statements: [], documents: [] };
    await Promise.resolve();
    const writer = this.advisories.write({ source: 'test', now: this.now, complete: false });
    for (const record of records) {
      const raw = Buffer.from(JSON.stringify(record));
      writer.put({ stamp: ++this.#stamp, raw, advisory: record });
    }
    const { added, changed } = writer.finish({ refused: 0, problems: [], validator: null });
    yield {
      read: records.length,
      changed: added + changed,
      withdrawn: records.filter(({ withdrawn }) => withdrawn !== null).length,
      refused: 0,
      problems: [],
      statements,
      documents,
    };
  }
}

interface Brought {
  readonly records: Advisory[];
  readonly statements: IntakeStatement[];
  readonly documents: IntakeDocument[];
}

interface ImageOptions {
  readonly base?: FakeImage;
  readonly labels?: Readonly<Record<string, string>>;
  readonly created?: number;
}

/** `openssl < 3.0.12` of Debian 12. */
export function advisory(id: string, affected: string, options: Partial<Advisory> = {}): Advisory {
  const [name = '', , fixed = ''] = affected.split(' ');
  const events = [{ kind: 'introduced', version: '0' } as const];
  return {
    id,
    modified: BEGINNING - DAY_MS,
    published: BEGINNING - DAY_MS,
    withdrawn: null,
    aliases: [],
    summary: `a flaw in ${name}`,
    severity: 'high',
    score: 8.1,
    affected: [
      {
        ecosystem: 'Debian:12',
        name,
        versions: [],
        ranges: [
          {
            type: 'ECOSYSTEM',
            events: fixed === '' ? events : [...events, { kind: 'fixed', version: fixed }],
          },
        ],
      },
    ],
    ...options,
  };
}
