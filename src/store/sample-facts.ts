import type { Instant, NewFact } from '#model';
import type { FlowRow } from './store.ts';

/** A moment in the samples: 2026-11-22, noon. */
export const NOON: Instant = Date.UTC(2026, 10, 22, 12);
export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;

/** That a team exists; each `sequence` is another team, or one of `teams` again. */
export function sampleFact(sequence: number, recordedAt: Instant = NOON, teams = Infinity): NewFact {
  const name = `team-${teams === Infinity ? sequence : sequence % teams}`;
  return {
    recordedAt,
    evidence: 'observed',
    source: { id: 'sample', node: 'node-1', sequence },
    kind: 'assert',
    subject: { kind: 'team', id: name },
    validFrom: recordedAt,
    data: { name, contact: `"${sequence}" ✓ \u2028` },
  };
}

/** Facts with the sequences `first` to `first + count - 1`. */
export function sampleFacts(first: number, count: number, recordedAt: Instant = NOON): readonly NewFact[] {
  return Array.from({ length: count }, (_, index) => sampleFact(first + index, recordedAt));
}

/** That the source's statement about a team no longer holds. */
export function sampleEnd(sequence: number, team: string, at: Instant): NewFact {
  return {
    recordedAt: at,
    evidence: 'observed',
    source: { id: 'sample', node: 'node-1', sequence },
    kind: 'end',
    subject: { kind: 'team', id: team },
    validFrom: at,
  };
}

/** One connection to a database. */
export function sampleFlow(changes: Partial<FlowRow> = {}): FlowRow {
  return {
    minute: NOON,
    source: 'tcp',
    protocol: 'tcp',
    clientScope: 'network/shop',
    clientIp: '10.1.0.2',
    client: 'container/aa',
    serverScope: 'network/shop',
    serverIp: '10.1.0.3',
    serverPort: 5432,
    server: 'container/bb',
    verdict: 'accepted',
    connections: 1,
    bytes: null,
    firstAt: NOON + 100.25,
    lastAt: NOON + 200.5,
    unknown: '',
    ...changes,
  };
}
