import { formatInstant, type Instant, type WaiverAnswer, type WaiverData } from '#model';
import { lastStatement, type Statement } from '#graph';
import { findVulnerability, knownVulnerability } from '../affected/vulnerability.ts';
import { imagesMeant, instancesMeant, servicesMeant, teamNames } from '../answers/meant-subject.ts';
import { ambiguous, demandTeam, nothingCalled } from '../answers/misnamed.ts';
import { PatchError } from '../patch-error.ts';
import type { PatchQuestions } from '../questions.ts';
import type { PatchRecord } from '../record.ts';
import type { PatchView } from '../view.ts';

/** Who needs longer than a year has decided to keep it: that is not what a waiver is for. */
const UNTIL_MS_MAX = 366 * 86_400_000;

type WaiveRequest = Parameters<PatchQuestions['waive']>[0];

/** Takes and ends waivers; they expire by themselves. */
export class WaiverDesk {
  readonly #view: PatchView;
  readonly #record: PatchRecord;

  constructor(view: PatchView, record: PatchRecord) {
    this.#view = view;
    this.#record = record;
  }

  waive(request: WaiveRequest): WaiverAnswer {
    const vulnerability = knownVulnerability(this.#view.advisories, request.vulnerability);
    const subject = this.#subjectOf(request.subject);
    this.#check(request);
    const { owner, reason, until, actor } = request;
    const data: WaiverData = {
      vulnerability: vulnerability.id,
      subject,
      owner,
      reason: reason.trim(),
      until,
    };
    const now = this.#view.clock();
    if (request.preview === true) return waiverAnswer(data, { since: now, actor, state: 'active' });
    const id = waiverId(vulnerability.id, subject);
    this.#record.declare(actor, { subject: { kind: 'waiver', id }, data, validUntil: until });
    return this.#answer(id);
  }

  end(vulnerability: string, subject: string, actor: string): WaiverAnswer {
    const canonical = findVulnerability(this.#view.advisories, vulnerability)?.id ?? vulnerability;
    const candidates = [
      waiverId(canonical, subject),
      ...this.#named(subject).map((each) => waiverId(canonical, each)),
    ];
    const id = candidates.find((each) => this.#view.graph.one('waiver', each, this.#view.clock()) !== null);
    if (id === undefined) {
      throw new PatchError('not-found', `there is no active waiver of ${canonical} for ${subject}`, {
        next: 'sheer waivers',
      });
    }
    this.#record.declare(actor, { subject: { kind: 'waiver', id }, data: null });
    return this.#answer(id);
  }

  all(): readonly WaiverAnswer[] {
    const answers = Array.from(this.#view.ids.of('waiver'), (id) => this.#answer(id));
    const order = ['active', 'expired', 'ended'];
    return answers.toSorted(
      (left, right) =>
        order.indexOf(left.state) - order.indexOf(right.state) || (left.until < right.until ? -1 : 1),
    );
  }

  #check({ owner, reason, until }: WaiveRequest): void {
    const now = this.#view.clock();
    const refuse = (message: string, next: string): never => {
      throw new PatchError('invalid-input', message, { next });
    };
    if (reason.trim() === '') refuse('a waiver needs a reason', 'say why it may stay: --reason "…"');
    if (until <= now) refuse(`${formatInstant(until)} is over`, 'name a day to come: --until 2026-12-31');
    if (until > now + UNTIL_MS_MAX)
      refuse('a waiver holds for a year at most', 'name an earlier day; it can be waived again then');
    demandTeam(this.#view, owner);
  }

  /** The one thing that is meant: an id, or a name if only one thing has it. */
  #subjectOf(written: string): string {
    const found = this.#named(written);
    const [only] = found;
    if (only === undefined) throw nothingCalled(this.#view, written);
    if (found.length > 1) throw ambiguous(written, found);
    return only;
  }

  /** In the order of `who`: services, teams, images, instances. */
  #named(written: string): readonly string[] {
    const view = this.#view;
    const services = servicesMeant(view, written);
    if (services.length > 0) return services;
    if (teamNames(view).has(written)) return [written];
    const images = new Set(imagesMeant(view, written).map(({ name }) => name));
    if (images.size > 0) return [...images].toSorted();
    return instancesMeant(view, written).map(({ id }) => id);
  }

  #answer(id: string): WaiverAnswer {
    const { graph, clock } = this.#view;
    // Asked for by an id that there is.
    const said = lastStatement<'waiver'>(
      graph.facts,
      graph.facts.subject('waiver', id),
    ) as Statement<'waiver'>;
    const { until } = said.data;
    const state = said.until < until ? 'ended' : until <= clock() ? 'expired' : 'active';
    return waiverAnswer(said.data, { since: said.since, actor: this.#actorOf(said), state });
  }

  #actorOf({ row }: Statement): string | null {
    return this.#view.graph.facts.actorOf(row);
  }
}

function waiverAnswer(
  { vulnerability, subject, owner, reason, until }: WaiverData,
  { since, actor, state }: { readonly since: Instant } & Pick<WaiverAnswer, 'actor' | 'state'>,
): WaiverAnswer {
  const times = { until: formatInstant(until), since: formatInstant(since) };
  return { vulnerability, subject, owner, reason, ...times, actor, state };
}

function waiverId(vulnerability: string, subject: string): string {
  return `${vulnerability}/${subject}`;
}
