import { SheerError } from '#model';
import type { SyncDesk } from './advisories/sync-desk.ts';
import { findVulnerability } from './affected/vulnerability.ts';
import { caseAnswers, caseCounts } from './answers/case-list.ts';
import { caseAnswer, caseStanding } from './answers/cases.ts';
import { explanationAnswer } from './answers/explain.ts';
import { fixPlanAnswer } from './answers/fix-plan.ts';
import { imageNodeAnswers } from './answers/images.ts';
import { malformedPackageQuestion, parsePackageQuestion } from './answers/package-question.ts';
import { imagesMeant, runningMeant } from './answers/meant-subject.ts';
import { absentImage, ambiguous, notAnImage, notHere } from './answers/misnamed.ts';
import { packageListAnswer } from './answers/packages.ts';
import { affectedJson } from './answers/who.ts';
import type { CaseKeeper } from './cases/case-keeper.ts';
import type { DocumentDesk } from './lists/document-desk.ts';
import { PatchError } from './patch-error.ts';
import type { PatchQuestions } from './questions.ts';
import { imagesOf } from './running/running-now.ts';
import type { PatchView } from './view.ts';
import type { WaiverDesk } from './waivers/waiver-desk.ts';

export interface PatchQuestionsOptions {
  readonly view: PatchView;
  readonly cases: CaseKeeper;
  readonly waivers: WaiverDesk;
  readonly syncs: SyncDesk;
  readonly documents: DocumentDesk;
  /** Fulfilled once everything that is recorded is in memory, or after a few seconds. */
  readonly ready: () => Promise<void>;
  /** Somebody wants to know what images hold: from now on they are read. */
  readonly asked: () => void;
  /** Something was said that cases may depend on. */
  readonly wake: () => void;
  readonly signal: AbortSignal;
}

/** Ids of databases that OSV has, and of those that it takes records from. */
const ID =
  /^(?:CVE|GHSA|OSV|DSA|DLA|DTSA|DEBIAN-CVE|UBUNTU-CVE|USN|LSN|ALPINE-CVE|RHSA|RHBA|RHEA|ALSA|ALBA|ALEA|RLSA|RXSA|SUSE-[A-Z]+|openSUSE-[A-Z]+|MGASA|OESA|PYSEC|GO|RUSTSEC|GSD|MAL|CGA|ECHO|BIT|HSEC|RSEC|JLSEC|CURL-CVE|ASB-A|PUB-A|BELL-CVE|CLEANSTART)-.+/i;

/** Whose packages are asked for. */
interface MeantContent {
  readonly image: string;
  readonly instance: string | null;
  /** As the image was meant. */
  readonly name: string;
}

/** What can be asked, answered from the graph, the index and the advisories. */
export class PatchAnswers implements PatchQuestions {
  readonly #options: PatchQuestionsOptions;

  constructor(options: PatchQuestionsOptions) {
    this.#options = options;
  }

  isVulnerability: PatchQuestions['isVulnerability'] = (subject) =>
    ID.test(subject) ||
    parsePackageQuestion(subject) !== null ||
    malformedPackageQuestion(subject) !== null ||
    this.#options.view.advisories.byId(subject).length > 0;

  imageTree: PatchQuestions['imageTree'] = (at) => {
    this.#options.asked();
    return imageNodeAnswers(this.#options.view, at);
  };

  packages: PatchQuestions['packages'] = async (subject, { refresh }) => {
    const { view, documents, signal, ready } = this.#options;
    await ready();
    const { image, instance, name } = this.#imageOf(subject) ?? (await this.#imageElsewhere(subject));
    const problems: string[] = [];
    if (refresh || view.lists.missing(image) !== null) {
      await view.reader.read(image, { asked: true }).catch((error: unknown) => {
        if (!(error instanceof SheerError)) throw error;
        problems.push(error.message);
      });
      problems.push(...(await documents.addAttached(image, signal)));
    }
    return packageListAnswer(view, image, { instance, name, problems });
  };

  async who(subject: string, at: number | null) {
    const malformed = malformedPackageQuestion(subject);
    if (malformed !== null) throw malformed;
    await this.#options.ready();
    this.#options.asked();
    return affectedJson(this.#options.view, subject, at);
  }

  fixPlan: PatchQuestions['fixPlan'] = (id) => fixPlanAnswer(this.#options.view, id);

  cases: PatchQuestions['cases'] = (filter) => caseAnswers(this.#options.view, this.#options.cases, filter);
  caseCounts: PatchQuestions['caseCounts'] = (filter) =>
    caseCounts(this.#options.view, this.#options.cases, filter);

  case: PatchQuestions['case'] = (asked) => {
    const { view, cases } = this.#options;
    const id = findVulnerability(view.advisories, asked)?.id ?? asked;
    const standing = caseStanding(view, cases, id);
    if (standing !== null) return caseAnswer(view, standing);
    throw new PatchError('not-found', `there is no case for ${id}: nothing that runs was found to hold it`, {
      next: `sheer who ${id}`,
    });
  };

  verify: PatchQuestions['verify'] = async (id, signal) => {
    await this.#options.ready();
    this.#options.asked();
    const proof = await this.#options.cases.verify(
      id,
      signal === undefined ? this.#options.signal : AbortSignal.any([signal, this.#options.signal]),
    );
    this.#options.wake();
    return proof;
  };

  waive: PatchQuestions['waive'] = (request) => {
    const answer = this.#options.waivers.waive(request);
    this.#options.wake();
    return answer;
  };

  endWaiver: PatchQuestions['endWaiver'] = (vulnerability, subject, actor) => {
    const answer = this.#options.waivers.end(vulnerability, subject, actor);
    this.#options.wake();
    return answer;
  };

  waivers: PatchQuestions['waivers'] = () => this.#options.waivers.all();
  advisories: PatchQuestions['advisories'] = () => this.#options.syncs.sources();
  explain: PatchQuestions['explain'] = (id, purl) => explanationAnswer(this.#options.view, id, purl);
  sync: PatchQuestions['sync'] = (request, signal) => this.#sync(request, signal);

  addDocument: PatchQuestions['addDocument'] = async (name, content, actor) => {
    const added = await this.#options.documents.add(`file:${name}`, content, actor);
    this.#options.wake();
    return added;
  };

  /** What an image holds that nobody has read yet, nobody has held against the advisories. */
  async *#sync(...[request, given]: Parameters<PatchQuestions['sync']>): ReturnType<PatchQuestions['sync']> {
    const { view, syncs } = this.#options;
    const signal = AbortSignal.any([given, this.#options.signal]);
    this.#options.asked();
    for await (const step of syncs.sync(request, signal)) {
      const notRead = step.done
        ? [...view.running.images()].filter((image) => view.reader.missing(image) !== null)
        : [];
      yield step.done ? { ...step, imagesNotRead: notRead.length } : step;
    }
  }

  /** Of an image that is written with its registry, or declared, or another's base: it is read where it lies. */
  async #imageElsewhere(subject: string): Promise<MeantContent> {
    const { view } = this.#options;
    const absent = absentImage(view, subject);
    if (absent === null) throw notAnImage(view, subject);
    const { name, hasRegistry } = absent;
    if (!hasRegistry) throw notHere(absent, 'its name tells no registry that could be asked');
    try {
      return { image: await view.reader.readNamed(name), instance: null, name };
    } catch (error) {
      if (!(error instanceof SheerError)) throw error;
      throw notHere(absent, error.message);
    }
  }

  /** Null: no image that an engine has, or had, is called so. */
  #imageOf(subject: string): MeantContent | null {
    const { view } = this.#options;
    const found = new Map<string, string>();
    for (const { id, name } of imagesMeant(view, subject)) found.set(id, name);
    const instances = found.size === 0 ? runningMeant(view, subject) : [];
    for (const instance of instances)
      for (const id of imagesOf(instance)) found.set(id, view.images.nameOf(id));
    const [first, ...others] = found;
    if (first === undefined) return null;
    if (others.length === 0) {
      const instance = instances.length === 1 ? (instances[0]?.id ?? null) : null;
      return { image: first[0], instance, name: first[1] };
    }
    const names = [...found.values()];
    // Where one name is of several, only the digest tells them apart.
    throw ambiguous(subject, new Set(names).size === found.size ? names : [...found.keys()]);
  }
}
