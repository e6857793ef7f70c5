import { SheerError, type PackageListAnswer } from '#model';
import type { SyncDesk } from './advisories/sync-desk.ts';
import { findVulnerability } from './affected/vulnerability.ts';
import { caseAnswer } from './answers/cases.ts';
import { explanationAnswer } from './answers/explain.ts';
import { fixPlanAnswer } from './answers/fix-plan.ts';
import { imageNodeAnswers } from './answers/images.ts';
import { parsePackageQuestion } from './answers/package-question.ts';
import { packageListAnswer } from './answers/packages.ts';
import { affectedAnswer } from './answers/who.ts';
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

/** What can be asked, answered from the graph, the index and the advisories. */
export class PatchAnswers implements PatchQuestions {
  readonly #options: PatchQuestionsOptions;

  constructor(options: PatchQuestionsOptions) {
    this.#options = options;
  }

  isVulnerability(subject: string): boolean {
    if (ID.test(subject) || parsePackageQuestion(subject) !== null) return true;
    return this.#options.view.advisories.byId(subject).length > 0;
  }

  imageTree: PatchQuestions['imageTree'] = (at) => {
    this.#options.asked();
    return imageNodeAnswers(this.#options.view, at);
  };

  async packages(subject: string, { refresh }: { readonly refresh: boolean }): Promise<PackageListAnswer> {
    const { view, documents, signal, ready } = this.#options;
    await ready();
    const { image, instance } = this.#imageOf(subject);
    const problems: string[] = [];
    if (refresh || view.lists.missing(image) !== null) {
      await view.reader.read(image, { asked: true }).catch((error: unknown) => {
        if (!(error instanceof SheerError)) throw error;
        problems.push(error.message);
      });
      problems.push(...(await documents.addAttached(image, signal)));
    }
    return packageListAnswer(view, image, { instance, problems });
  }

  async who(subject: string, at: number | null) {
    await this.#options.ready();
    this.#options.asked();
    return affectedAnswer(this.#options.view, subject, at);
  }

  fixPlan: PatchQuestions['fixPlan'] = (id) => fixPlanAnswer(this.#options.view, id);

  cases: PatchQuestions['cases'] = ({ state, team }) => {
    const { view, cases } = this.#options;
    const answers = [...view.ids.of('case')]
      .filter((id) => state === null || cases.current(id)?.state === state)
      .flatMap((id) => caseAnswer(view, cases, id) ?? [])
      .filter(({ owners }) => team === null || owners.includes(team));
    // The most urgent first; what is closed, last.
    return answers.toSorted((left, right) => {
      if (left.state !== right.state) return left.state === 'open' ? -1 : 1;
      return (left.dueAt ?? '~') < (right.dueAt ?? '~') ? -1 : 1;
    });
  };

  case: PatchQuestions['case'] = (asked) => {
    const { view, cases } = this.#options;
    const id = findVulnerability(view.advisories, asked)?.id ?? asked;
    const answer = caseAnswer(view, cases, id);
    if (answer !== null) return answer;
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
  sync: PatchQuestions['sync'] = (place, actor, signal) =>
    this.#options.syncs.sync(place, actor, AbortSignal.any([signal, this.#options.signal]));

  addDocument: PatchQuestions['addDocument'] = async (name, content, actor) => {
    const added = await this.#options.documents.add(`file:${name}`, content, actor);
    this.#options.wake();
    return added;
  };

  #imageOf(subject: string): { readonly image: string; readonly instance: string | null } {
    const { view } = this.#options;
    const found = new Map<string, string | null>(view.images.named(subject).map((image) => [image, null]));
    if (found.size === 0) {
      for (const id of view.running.ids()) {
        const instance = view.running.one(id);
        if (id !== subject && instance?.name !== subject) continue;
        for (const image of imagesOf(instance)) found.set(image, id);
      }
    }
    const [first, ...others] = found;
    if (first === undefined) {
      throw new PatchError('not-found', `there is no image or instance of an image "${subject}"`, {
        next: 'sheer images',
      });
    }
    if (others.length === 0) return { image: first[0], instance: first[1] };
    throw new PatchError('invalid-input', `"${subject}" may be any of ${found.size} images`, {
      detail: [...found.keys()],
      next: 'give one of these',
    });
  }
}
