import { formatInstant, type AdvisorySourceAnswer, type AdvisorySyncAnswer, type VexData } from '#model';
import type { AdvisoryChange } from '#store';
import { vulnerabilitiesOf } from '../affected/vulnerability.ts';
import { affectedBy } from '../affected/holdings.ts';
import type { CaseKeeper } from '../cases/case-keeper.ts';
import type { SyncRequest } from '../questions.ts';
import { putJson } from '../lists/stored-list.ts';
import { PatchError } from '../patch-error.ts';
import type { PatchRecord } from '../record.ts';
import { turns } from '../turns.ts';
import type { PatchView } from '../view.ts';
import { isNewer, newEditions } from './vex-editions.ts';
import type { AdvisoryIntake, IntakeDocument, IntakeStatement, IntakeStep } from './advisory-intake.ts';

/** More changes than that, and it is cheaper to ask what runs for its advisories than the other way round. */
const CHANGES_ONE_BY_ONE_MAX = 20_000;

export interface SyncDeskOptions {
  readonly view: PatchView;
  readonly record: PatchRecord;
  readonly intake: AdvisoryIntake;
  readonly cases: CaseKeeper;
}

/** Takes in advisories and statements, and looks at what changed, and only at that. */
export class SyncDesk {
  readonly #options: SyncDeskOptions;
  /** The store takes one writer at a time. */
  #isBusy = false;
  /** The generation of the store up to which changes were looked at: everything is, when the loop begins. */
  #looked: number;
  /** By id the newest that was read: an empty one leaves no statement that tells of it. */
  readonly #editions = new Map<string, IntakeDocument>();

  constructor(options: SyncDeskOptions) {
    this.#options = options;
    this.#looked = options.view.advisories.generation();
  }

  sources(): readonly AdvisorySourceAnswer[] {
    return this.#options.view.advisories.sources().map((source) => ({
      id: source.id,
      records: source.records,
      withdrawn: source.withdrawn,
      ecosystems: { ...source.ecosystems },
      modifiedUntil: formatInstant(source.modifiedUntil),
      syncedAt: formatInstant(source.syncedAt),
      problems: source.problems.map((problem) => ({ ...problem })),
    }));
  }

  async *sync(request: SyncRequest, signal: AbortSignal): AsyncIterable<AdvisorySyncAnswer> {
    const { place } = request;
    const places = place === null ? this.#options.view.advisories.sources().map(({ id }) => id) : [place];
    if (places.length === 0) {
      throw new PatchError('invalid-input', 'no place that advisories come from is known yet', {
        next: 'sheer advisories sync URL, or a file or directory with OSV records',
      });
    }
    if (this.#isBusy) {
      throw new PatchError('state-in-use', 'advisories are being synced already', {
        next: 'sheer advisories status',
        remedy: 'retry',
      });
    }
    this.#isBusy = true;
    try {
      yield* this.#syncAll(places, request, signal);
    } finally {
      this.#isBusy = false;
    }
  }

  async *#syncAll(
    places: readonly string[],
    { actor, acceptFewer }: SyncRequest,
    signal: AbortSignal,
  ): AsyncIterable<AdvisorySyncAnswer> {
    const { intake, cases } = this.#options;
    let total: AdvisorySyncAnswer = { ...NOTHING_YET };
    cases.takeOpened();
    try {
      for (const place of places) {
        let last: AdvisorySyncAnswer = total;
        for await (const step of intake.read(place, { acceptFewer, signal })) {
          this.takeStatements(step.statements, actor, step.documents);
          last = added(total, step);
          yield last;
        }
        total = last;
        this.#recordSource(place, actor);
      }
    } finally {
      // What is in the store counts, also when a later place failed or nobody listens any more.
      await this.#lookAtChanges();
    }
    await cases.reconcile(signal);
    // The loop itself may have been faster.
    yield { ...total, newlyAffected: cases.takeOpened().toSorted(), done: true };
  }

  /** Keeps each statement with the document that it stands in, and ends what its newer edition leaves out. */
  takeStatements(
    read: readonly IntakeStatement[],
    actor: string,
    documents: readonly IntakeDocument[] = [],
  ): void {
    if (read.length + documents.length === 0) return;
    const { view, record, cases } = this.#options;
    for (const document of documents) this.#noteEdition(document);
    const inForce = this.#inForce();
    const { statements, ended } = newEditions(
      { statements: read, documents },
      this.#editions.values(),
      inForce,
    );
    const digests = new Map<Uint8Array, string>();
    const said = statements.map(({ id, statement, document }) => {
      const digest = digests.get(document) ?? view.store.content.put(document);
      digests.set(document, digest);
      const data: VexData = { ...statement, document: digest };
      return { subject: { kind: 'vex', id }, data } as const;
    });
    const news = said.filter(
      ({ subject, data }) => JSON.stringify(inForce.get(subject.id)) !== JSON.stringify(data),
    );
    const ends = ended.map((id) => ({ subject: { kind: 'vex', id }, data: null }) as const);
    record.declare(actor, ...news, ...ends);
    for (const { data } of news) cases.vulnerabilityChanged(data.vulnerability);
    // Also what a statement was about before: it is not excused by it any more.
    for (const { subject } of [...news, ...ends]) {
      const before = inForce.get(subject.id)?.vulnerability;
      if (before !== undefined) cases.vulnerabilityChanged(before);
    }
  }

  #noteEdition(document: IntakeDocument): void {
    const known = this.#editions.get(document.id);
    if (known === undefined || isNewer(document.edition, known.edition))
      this.#editions.set(document.id, document);
  }

  #inForce(): ReadonlyMap<string, VexData> {
    const { graph, ids } = this.#options.view;
    const inForce = new Map<string, VexData>();
    for (const id of ids.of('vex')) {
      const said = graph.one('vex', id)?.data;
      if (said !== undefined) inForce.set(id, said);
    }
    return inForce;
  }

  #recordSource(place: string, actor: string): void {
    const { view, record } = this.#options;
    const source = view.advisories.sources().find(({ id }) => id === place);
    if (source === undefined) return;
    const { records, withdrawn, modifiedUntil } = source;
    const content = putJson(view.store.content, source);
    const data = { records, withdrawn, modifiedUntil, content };
    record.declare(actor, { subject: { kind: 'advisory-source', id: place }, data });
  }

  /** Of two million records nobody else waits for more than a batch of them. */
  async #lookAtChanges(): Promise<void> {
    const { view, cases } = this.#options;
    const generation = this.#looked;
    this.#looked = view.advisories.generation();
    const pause = turns();
    let changes = 0;
    for (const batch of view.advisories.changedSince(generation)) {
      changes += batch.length;
      if (changes > CHANGES_ONE_BY_ONE_MAX) {
        cases.touching.forgetAll();
        cases.everythingChanged();
        return;
      }
      for (const change of batch) {
        this.#lookAt(change);
        await pause();
      }
      // It took long to read, and the next one will.
      await pause(true);
    }
  }

  #lookAt({ now }: AdvisoryChange): void {
    const { view, cases } = this.#options;
    if (now === null) {
      // Which vulnerability it was about, nobody knows any more.
      cases.everythingChanged();
      return;
    }
    const { advisory } = now;
    cases.touching.forget(advisory);
    cases.recordChanged(advisory.id);
    const ids = vulnerabilitiesOf(advisory);
    const hasCase = ids.some((each) => cases.current(each) !== null);
    const { images } = affectedBy([advisory], view.lists);
    const touches = [...images].some((image) => view.running.ofImage(image).size > 0);
    if (hasCase || touches) for (const each of ids) cases.vulnerabilityChanged(each);
  }
}

const NOTHING_YET: AdvisorySyncAnswer = {
  read: 0,
  changed: 0,
  withdrawn: 0,
  refused: 0,
  statements: 0,
  problems: [],
  newlyAffected: [],
  done: false,
};

function added(total: AdvisorySyncAnswer, step: IntakeStep): AdvisorySyncAnswer {
  return {
    ...total,
    read: total.read + step.read,
    changed: total.changed + step.changed,
    withdrawn: total.withdrawn + step.withdrawn,
    refused: total.refused + step.refused,
    statements: total.statements + step.statements.length,
    problems: [...total.problems, ...step.problems],
  };
}
