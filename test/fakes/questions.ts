import { crc32 } from 'node:zlib';
import { SheerError } from '#model';
import type { ChangeAnswer, DeclarationResult } from '#model';
import type { FlowImports, FlowImportState, Questions } from '#loops/adopt';
import type { Changes } from '#server';
import * as shop from './shop-answers.ts';

/** What was asked, in order: the method's name and what it was given. */
export type Asked = readonly [string, ...unknown[]];

export interface FakeQuestions extends Questions {
  readonly asked: readonly Asked[];
}

/**
 * The adopt loop of a small shop that never changes. Methods in `overrides` answer otherwise, or
 * throw.
 */
export function fakeQuestions(overrides: Partial<Questions> = {}): FakeQuestions {
  const asked: Asked[] = [];
  const answers: Questions = { ...shopQuestions, ...overrides };
  // Each method of the proxy has the type of the method that it stands for.
  return new Proxy(answers, {
    get(target, name: keyof Questions | 'asked') {
      if (name === 'asked') return asked;
      return (...given: unknown[]) => {
        asked.push([name, ...given]);
        return Reflect.apply(target[name], target, given);
      };
    },
  }) as FakeQuestions;
}

const shopQuestions: Questions = {
  status: () => shop.status,
  sources: () => shop.sources,
  capabilities: () => shop.capabilities,
  services: () => [shop.checkoutService, shop.workerService],
  instances: () => [shop.checkoutInstance, shop.redisProcess],
  nodes: () => [shop.node],
  images: () => [shop.image],
  teams: () => [shop.team],
  externals: () => [shop.external],
  calls: () => [shop.call],
  whois: ({ ip }) => (ip === '10.42.3.7' ? shop.certainWhois : { ...shop.unknownWhois, address: ip }),
  who(subject) {
    if (subject !== 'checkout') throw new SheerError('not-found', `nothing is called "${subject}"`);
    return {
      subject: 'production/shop/checkout',
      kind: 'service',
      services: [shop.checkoutService],
      instances: [shop.checkoutInstance],
      teams: ['payments'],
      callers: [{ service: 'web', team: 'shop', distance: 1 }],
      calls: [{ ...shop.call, to: 'checkout', port: 8080 }],
    };
  },
  why: (from, to, port) => ({
    from,
    to,
    port,
    calls: [{ ...shop.call, from, to }],
    answer: 'observed, not declared',
    policy: 'not enforced',
  }),
  flows: () => [shop.flow],
  history: () => [shop.historyEntry],
  lint: () => [shop.finding],
  next: () => [shop.nextStep],
  auditTail: (after, limit) => shop.auditRecords.filter(({ position }) => position > after).slice(0, limit),
  auditVerify: () => ({
    streams: [
      {
        stream: 'audit',
        ok: true,
        records: 7,
        erased: 0,
        head: { position: 7, hash: 'a1'.repeat(32) },
        position: null,
        problem: null,
        explanation: null,
      },
    ],
  }),
  declare(files, { dryRun }): DeclarationResult {
    const broken = files.find((file) => file.content.includes('payment\n'));
    if (broken) {
      throw new SheerError(
        'invalid-input',
        `${broken.name}:2:10: services.checkout.owner: there is no team "payment"`,
        {
          detail: ['  2 |   owner: payment', '             ^^^^^^^'],
          next: 'Nothing was changed.',
        },
      );
    }
    return {
      changes: [{ change: 'added', kind: 'team', id: 'payments' }],
      warnings: [],
      applied: !dryRun,
    };
  },
  suggest: () => 'version: 1\nservices: {}\n',
};

const EMPTY_IMPORT = {
  offset: 0,
  checksum: 0,
  lines: 0,
  named: 0,
  halfNamed: 0,
  unnamed: 0,
  malformed: 0,
  problems: [],
  firstAt: null,
  lastAt: null,
};

const AGAIN = '-again';

/**
 * Takes whole lines, as the real one does: a line is malformed when it has the word "broken" in it.
 * `received` is the text that it counted, each byte once.
 */
export function fakeImports(): FlowImports & { readonly received: () => string } {
  const states = new Map<string, FlowImportState>();
  let text = '';
  return {
    received: () => text,
    open({ fingerprint, earlier = [], format, scope, again = false }) {
      const ids = [fingerprint, ...earlier].map((each) => `${format}-${scope ?? 'none'}-${each}`);
      const id = ids.find((each) => (states.get(each)?.offset ?? 0) > 0) ?? ids[0] ?? '';
      const known = again ? undefined : states.get(id);
      const state = known ?? { ...EMPTY_IMPORT, id: again ? `${id}${AGAIN}` : id };
      states.set(state.id, state);
      return state;
    },
    append({ id, offset, bytes, final, wantLines }) {
      const before = states.get(id);
      if (!before) throw new SheerError('not-found', `there is no import ${id}`);
      if (offset !== before.offset) return { state: before, lines: null };
      const end = final ? bytes.byteLength : bytes.lastIndexOf(0x0a) + 1;
      const taken = new TextDecoder().decode(bytes.subarray(0, end));
      const lines = taken.split('\n').filter((line) => line !== '');
      if (!id.endsWith(AGAIN)) text += taken;
      const checksum = crc32(bytes.subarray(0, end), before.checksum);
      const state = { ...addLines(before, lines, end), checksum };
      states.set(id, state);
      const named = lines.map((line) => `${JSON.stringify({ line })}\n`).join('');
      return { state, lines: wantLines ? named : null };
    },
  };
}

function addLines(before: FlowImportState, lines: readonly string[], bytes: number): FlowImportState {
  const problems = lines.flatMap((line, index) =>
    line.includes('broken') ? [{ line: before.lines + index + 1, problem: 'too few fields' }] : [],
  );
  return {
    ...before,
    offset: before.offset + bytes,
    lines: before.lines + lines.length,
    named: before.named + lines.length - problems.length,
    malformed: before.malformed + problems.length,
    problems: [...before.problems, ...problems].slice(0, 100),
    firstAt: shop.NOW - 1000,
    lastAt: shop.NOW,
  };
}

export interface FakeChanges extends Changes {
  /** Records one more observation. */
  record(id: string): void;
  readonly watchers: () => number;
}

export function fakeChanges(): FakeChanges {
  const recorded: ChangeAnswer[] = [];
  const listeners = new Set<() => void>();
  return {
    heads: () => ({ audit: 0, observations: recorded.length }),
    begins: () => ({ audit: 0, observations: 0 }),
    since: (after, limit) => recorded.slice(after.observations, after.observations + limit),
    onChange(wake) {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
    watchers: () => listeners.size,
    record(id) {
      recorded.push({
        stream: 'observations',
        position: recorded.length + 1,
        recordedAt: new Date(shop.NOW).toISOString(),
        what: 'assert',
        subject: { kind: 'instance', id },
        evidence: 'observed',
        source: 'podman',
      });
      for (const wake of listeners) wake();
    },
  };
}
