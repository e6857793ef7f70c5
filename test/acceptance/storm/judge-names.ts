import { containerInstanceId, type Instant, type WhoisAnswer } from '#model';
import type { Product } from '../product.ts';
import { serviceOf, type StormTruth, type TrueContainer } from './generator.ts';

/** What `whois` said of addresses at moments of which the truth is known. */
export interface NameVerdict {
  /** Moments in lives, and how many of them were named rightly. */
  readonly lives: number;
  readonly named: number;
  /** Moments between two lives, and how many were rightly unknown, because nobody held it. */
  readonly gaps: number;
  readonly unheld: number;
  /** Moments of a start or an end, when both the container and nobody are right. */
  readonly edges: number;
  /** What was wrong: a sentence each. */
  readonly wrong: readonly string[];
}

interface Moment {
  readonly ip: string;
  readonly at: Instant;
  /** Who may be named; null: nobody. */
  readonly who: TrueContainer | null;
  readonly kind: 'life' | 'gap' | 'edge';
}

/** Asks who held each address in each container's life, at its edges and between two lives. */
export async function judgeNames(product: Product, truth: StormTruth): Promise<NameVerdict> {
  const count = { life: 0, gap: 0, edge: 0 };
  const right = { life: 0, gap: 0, edge: 0 };
  const wrong: string[] = [];
  for (const moment of moments(truth)) {
    const at = new Date(moment.at).toISOString();
    const answer = await product.ask<WhoisAnswer>(`whois?address=${moment.ip}&at=${at}`);
    count[moment.kind] += 1;
    if (isRight(moment, answer)) right[moment.kind] += 1;
    else wrong.push(describe(moment, answer));
  }
  return {
    lives: count.life,
    named: right.life,
    gaps: count.gap,
    unheld: right.gap,
    edges: count.edge,
    wrong,
  };
}

function isRight({ kind, who }: Moment, answer: WhoisAnswer): boolean {
  const isUnheld = answer.kind === 'unknown' && answer.reason === 'nobody-held-it';
  if (who === null) return isUnheld;
  const isNamed =
    answer.kind === 'instance' &&
    answer.instance === containerInstanceId(who.id) &&
    answer.instanceName === who.name &&
    answer.service === serviceOf(who.name);
  return isNamed || (kind === 'edge' && isUnheld);
}

function* moments({ containers, anchor }: StormTruth): Generator<Moment> {
  const byIp = Map.groupBy([...containers, anchor], ({ log }) => log.ip);
  for (const holders of byIp.values()) {
    const ordered = holders.toSorted((left, right) => left.askedAt - right.askedAt);
    for (const [index, who] of ordered.entries()) {
      yield* momentsOf(who, who === anchor);
      const next = ordered[index + 1];
      if (next === undefined || next.askedAt - who.removedAt < 2) continue;
      const at = Math.floor((who.removedAt + next.askedAt) / 2);
      yield { ip: who.log.ip, at, who: null, kind: 'gap' };
    }
  }
}

/** Times of the API are in whole milliseconds, so a moment of a life is looked for on a whole one. */
function momentsOf(who: TrueContainer, wasThereBefore: boolean): readonly Moment[] {
  const { ip, bornAt, diedAt } = who.log;
  const born = Math.ceil(bornAt);
  const died = Math.floor(diedAt ?? born);
  const life = died <= born ? [born] : [born, (born + died) / 2, died - 1];
  // Who stays was there before anybody observed.
  const start = wasThereBefore ? [] : [who.askedAt, (who.askedAt + born) / 2];
  const end = [died + 1, (died + who.removedAt) / 2].filter((at) => at < who.removedAt);
  return [
    ...life.map((at): Moment => ({ ip, at: Math.floor(at), who, kind: 'life' })),
    ...[...start, ...end].map((at): Moment => ({ ip, at: Math.floor(at), who, kind: 'edge' })),
  ];
}

function describe({ ip, at, who, kind }: Moment, answer: WhoisAnswer): string {
  const said = `${answer.kind} ${answer.instanceName ?? answer.reason ?? ''}`;
  const candidates = answer.candidates.map(({ name }) => name).join(', ');
  return `${ip} at ${new Date(at).toISOString()} (${kind}) was ${who?.name ?? 'nobody'}, not ${said} ${candidates}`;
}
