import type {
  AuditRecord,
  CallAnswer,
  CapabilityAnswer,
  DeclarationResult,
  Instant,
  SourceAnswer,
  StatusAnswer,
  VerificationAnswer,
} from '#model';
import { formatInstant } from '#model';
import type { Engine } from '#engines';
import type { FlowSensor } from '#sensors';
import type { Store, Verification } from '#store';
import { callAnswers } from './answers/calls.ts';
import { flowAnswers } from './answers/flows.ts';
import { historyEntries } from './answers/history.ts';
import { instanceAnswers } from './answers/instances.ts';
import { externalAnswers, imageAnswers, nodeAnswers, teamAnswers } from './answers/inventory.ts';
import { lintFindings } from './answers/lint.ts';
import { nextSteps } from './answers/next.ts';
import { demandEnd, demandKnown } from './answers/misnamed.ts';
import { lacksOwner, serviceAnswers } from './answers/services.ts';
import { suggestion } from './answers/suggestion.ts';
import type { View } from './answers/view.ts';
import { whoAnswer } from './answers/who.ts';
import { whoisAnswer } from './answers/whois.ts';
import { whyAnswer } from './answers/why.ts';
import { CallTable, isCall } from './attribution/call-table.ts';
import { capabilityMatrix } from './capability-matrix.ts';
import type { Archive } from './archive.ts';
import type { Declarer } from './declarer.ts';
import type { Feeds } from './feeds.ts';
import type { FlowLogFormats } from './flow-importer.ts';
import type { DeclaredFile, ListFilter, Questions } from './questions.ts';

/** A past moment's calls are those of the day before it. */
const CALLS_BEFORE_MS = 24 * 3_600_000;

const NO_FILTER: ListFilter = { at: null, team: null, environment: null };

export interface AdoptQuestionsOptions {
  readonly store: Store;
  readonly view: View;
  readonly archive: Archive;
  /** Writes what was reported and counted so far, so that an answer is complete. */
  readonly catchUp: () => void;
  readonly feeds: Feeds;
  readonly declarer: Declarer;
  readonly engines: readonly Engine[];
  readonly sensors: readonly FlowSensor[];
  readonly flowLogs: Pick<FlowLogFormats, 'formats'>;
  readonly self: () => Pick<
    StatusAnswer,
    'version' | 'state' | 'address' | 'socket' | 'pid' | 'since' | 'memoryBytes'
  >;
}

/** What can be asked, answered from the graph, the streams and the measurements. */
export class AdoptQuestions implements Questions {
  readonly #options: AdoptQuestionsOptions;
  readonly #view: View;

  constructor(options: AdoptQuestionsOptions) {
    this.#options = options;
    this.#view = options.view;
  }

  /** Nothing of a team that exists is an answer; nothing of one that does not is a mistake. */
  #orUnknown<T>(filter: ListFilter & { readonly service?: string | null }, list: readonly T[]): readonly T[] {
    if (list.length === 0) demandKnown(this.#view, filter);
    return list;
  }

  #viewAt(at: Instant | null): View {
    return this.#options.archive.viewAt(at);
  }

  status(): StatusAnswer {
    this.#options.catchUp();
    const { store, self } = this.#options;
    const services = serviceAnswers(this.#view, NO_FILTER);
    const running = services.filter((service) => service.instances > 0);
    // From memory: what people ask every few seconds must not read the measurements.
    const calls = callAnswers(this.#view, { ...NO_FILTER, since: this.#view.clock() - 60_000 });
    return {
      ...self(),
      node: this.#view.node,
      sources: [...this.sources()],
      counts: {
        instances: running.reduce((sum, service) => sum + service.instances, 0),
        services: running.length,
        teams: new Set(running.flatMap((service) => service.team ?? [])).size,
        unowned: running.filter(lacksOwner).length,
        calls: calls.length,
        unnamedCalls: calls.filter((call) => [call.from, call.to].includes('unknown')).length,
      },
      streams: { audit: { ...store.head('audit') }, observations: { ...store.head('observations') } },
    };
  }

  sources(): readonly SourceAnswer[] {
    return this.#options.feeds.answers();
  }

  capabilities(): readonly CapabilityAnswer[] {
    const { engines, sensors, flowLogs } = this.#options;
    return capabilityMatrix(engines, sensors, flowLogs.formats);
  }

  services = (filter: ListFilter) => this.#orUnknown(filter, serviceAnswers(this.#viewAt(filter.at), filter));
  instances = (filter: ListFilter & { readonly service: string | null }) =>
    this.#orUnknown(filter, instanceAnswers(this.#viewAt(filter.at), filter));
  nodes = (filter: ListFilter) => this.#orUnknown(filter, nodeAnswers(this.#viewAt(filter.at), filter));
  images = (filter: ListFilter) => this.#orUnknown(filter, imageAnswers(this.#viewAt(filter.at), filter));
  teams = (filter: ListFilter) => this.#orUnknown(filter, teamAnswers(this.#viewAt(filter.at), filter));
  externals = (filter: ListFilter) =>
    this.#orUnknown(filter, externalAnswers(this.#viewAt(filter.at), filter));

  calls(filter: ListFilter & { readonly since: Instant | null }): readonly CallAnswer[] {
    if (filter.at === null && filter.since === null)
      return this.#orUnknown(filter, callAnswers(this.#view, filter));
    this.#options.catchUp();
    const until = filter.at ?? this.#view.clock() + 60_000;
    const from = startOfMinute(filter.since ?? until - CALLS_BEFORE_MS);
    const table = new CallTable();
    for (const rows of this.#options.store.measurements.flows(from, until))
      for (const row of rows) if (isCall(row)) table.addRow(row);
    const calls = callAnswers(this.#viewAt(filter.at), { ...filter, since: null }, table);
    return this.#orUnknown(filter, calls);
  }

  whois(question: Parameters<Questions['whois']>[0]) {
    return whoisAnswer(this.#viewAt(question.at), question);
  }

  who = (subject: string) => whoAnswer(this.#view, subject);
  why = (from: string, to: string, port: number | null) => whyAnswer(this.#view, from, to, port);

  flows(question: Parameters<Questions['flows']>[0]) {
    this.#options.catchUp();
    const rows = this.#options.store.measurements.flows(startOfMinute(question.since), question.until);
    const answers = flowAnswers(this.#viewAt(question.since), rows, question);
    if (answers.length === 0) for (const end of [question.from, question.to]) demandEnd(this.#view, end);
    return answers;
  }

  history = (subject: string, limit: number) => historyEntries(this.#options.archive.whole(), subject, limit);
  lint = () => lintFindings(this.#view);
  next = (service: string | null) => nextSteps(this.#view, service);

  auditTail(after: number, limit: number): readonly AuditRecord[] {
    const records: AuditRecord[] = [];
    for (const facts of this.#options.store.read('audit', after, limit)) {
      for (const fact of facts) {
        records.push({
          position: fact.position,
          recordedAt: formatInstant(fact.recordedAt),
          actor: fact.actor ?? null,
          what: fact.kind,
          subject: { ...fact.subject },
          evidence: fact.evidence,
          source: fact.source.id,
          data: fact.kind === 'assert' ? fact.data : null,
        });
      }
    }
    return records;
  }

  auditVerify(head: { readonly position: number; readonly hash: string } | null): VerificationAnswer {
    const { store } = this.#options;
    return {
      streams: [
        verificationOf('audit', store.verify('audit', head ?? undefined)),
        verificationOf('observations', store.verify('observations')),
      ],
    };
  }

  declare(
    files: readonly DeclaredFile[],
    options: { readonly dryRun: boolean; readonly actor: string },
  ): DeclarationResult {
    return this.#options.declarer.declare(files, options);
  }

  suggest = () => suggestion(this.#view);
}

/** Rows are of whole minutes: the one in which a period begins belongs to it. */
const startOfMinute = (at: Instant): Instant => Math.floor(at / 60_000) * 60_000;

function verificationOf(
  stream: 'audit' | 'observations',
  result: Verification,
): VerificationAnswer['streams'][number] {
  const nothing = {
    records: null,
    erased: null,
    head: null,
    position: null,
    problem: null,
    explanation: null,
  };
  if (!result.ok) {
    const { position, problem, explanation } = result;
    return { ...nothing, stream, ok: false, position, problem, explanation };
  }
  return {
    ...nothing,
    stream,
    ok: true,
    records: result.records,
    erased: result.erased,
    head: { ...result.head },
  };
}
