import { SheerError } from '#model';
import type { PatchQuestions } from '#loops/patch';
import * as advisories from './advisory-answers.ts';
import * as answers from './patch-answers.ts';
import type { Asked } from './questions.ts';

export interface FakePatch extends PatchQuestions {
  readonly asked: readonly Asked[];
}

/** The patch loop of the small shop; methods in `overrides` answer otherwise, or throw. */
export function fakePatch(overrides: Partial<PatchQuestions> = {}): FakePatch {
  const asked: Asked[] = [];
  const patch: PatchQuestions = { ...shopPatch, ...overrides };
  // Each method of the proxy has the type of the method that it stands for.
  return new Proxy(patch, {
    get(target, name: keyof PatchQuestions | 'asked') {
      if (name === 'asked') return asked;
      return (...given: unknown[]) => {
        asked.push([name, ...given]);
        return Reflect.apply(target[name], target, given);
      };
    },
  }) as FakePatch;
}

const isKnown = (id: string): boolean => id === answers.CVE;

function checkKnown(id: string): void {
  if (!isKnown(id)) {
    throw new SheerError('not-found', `no advisory that is known has the id "${id}"`, {
      next: 'sheer advisories sync',
    });
  }
}

const NO_CASES = { open: 0, closed: 0, overdue: 0 };

const shopPatch: PatchQuestions = {
  isVulnerability: (subject) => /^(CVE|GHSA|DSA)-|^pkg:|.@/.test(subject),
  imageTree: () => answers.imageNodes,
  packages(subject) {
    if (subject === 'checkout:2.4') return Promise.resolve(answers.packageList);
    return Promise.reject(
      new SheerError(
        'not-found',
        `there is no image or instance "${subject}" (did you mean "checkout:2.4"?)`,
      ),
    );
  },
  who: (subject, at) =>
    Promise.resolve(
      JSON.stringify(
        isKnown(subject)
          ? { ...answers.affected, at: at === null ? null : new Date(at).toISOString() }
          : { ...answers.nobodyAffected, question: subject, id: null, aliases: [], reason: null },
      ),
    ),
  fixPlan(id) {
    checkKnown(id);
    return answers.fixPlan;
  },
  cases: ({ state }) => (state === 'closed' ? [] : [answers.openCase]),
  caseCounts: ({ state }) => (state === 'closed' ? NO_CASES : { open: 1, closed: 0, overdue: 1 }),
  case(id) {
    checkKnown(id);
    return answers.openCase;
  },
  async verify(id) {
    checkKnown(id);
    return answers.proof;
  },
  waive(request) {
    checkKnown(request.vulnerability);
    const { until, owner, reason, actor, subject } = request;
    return { ...advisories.waiver, owner, reason, actor, subject, until: new Date(until).toISOString() };
  },
  endWaiver(id) {
    checkKnown(id);
    return { ...advisories.waiver, state: 'ended' };
  },
  waivers: () => [advisories.waiver],
  advisories: () => [advisories.advisorySource],
  explain: () => advisories.explanation,
  async *sync({ place }) {
    if (place === '/none') throw new SheerError('invalid-input', '/none holds no advisories');
    yield advisories.syncStep;
    yield advisories.synced;
  },
  async addDocument(name) {
    if (name.includes('vex')) return { kind: 'openvex', id: 'https://example.org/vex/1' };
    return { kind: 'cyclonedx', id: answers.packageList.image ?? '' };
  },
};
