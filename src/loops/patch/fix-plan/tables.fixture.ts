import type { FixImage, FixPlan, FixProblem, Holding, HoldingOrigin } from './index.ts';

export const OPENSSL = 'pkg:deb/debian/openssl@3.0.1';

/** An image that runs, is ours, and holds nothing. */
export function image(name: string, more: Partial<FixImage> = {}): FixImage {
  return {
    id: name,
    name,
    team: `team of ${name}`,
    buildSource: true,
    built: true,
    required: true,
    instances: 1,
    upgrades: true,
    base: null,
    newerBases: [],
    copiesFrom: [],
    holdings: [],
    ...more,
  };
}

/** Built from another image, and holds what that brought in. */
export function child(base: string, name: string, more: Partial<FixImage> = {}): FixImage {
  return image(name, {
    base: { kind: 'image', id: base, pinned: false },
    holdings: [holding('base')],
    ...more,
  });
}

export function holding(kind: Exclude<HoldingOrigin['kind'], 'copied'>, purl = OPENSSL): Holding {
  return { purl, layer: kind === 'base' ? 0 : 3, origin: { kind } };
}

export function copied(from: string | null): Partial<FixImage> {
  return {
    copiesFrom: from === null ? [] : [from],
    holdings: [{ purl: OPENSSL, layer: 5, origin: { kind: 'copied', from } }],
  };
}

export function problem(images: readonly FixImage[], fixed: string | null = '3.0.2'): FixProblem {
  return { packages: [{ purl: OPENSSL, fixed }], images };
}

/** A plan in a few words. */
export function told(plan: FixPlan): Told {
  return {
    fixPoints: plan.fixPoints.map(({ name, change, to }) =>
      to === null ? `${name}: ${change}` : `${name}: ${change} to ${to.name}`,
    ),
    builds: plan.levels.map((level) => level.map(({ name }) => name)),
    unfixable: plan.unfixable.map(({ name, why }) => `${name}: ${why}`),
  };
}

export interface Told {
  readonly fixPoints: readonly string[];
  readonly builds: readonly (readonly string[])[];
  readonly unfixable: readonly string[];
}
