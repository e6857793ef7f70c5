import type { FixImage, FixProblem, Holding } from './fix-problem.ts';

/**
 * Written from docs/fix-planning.md and apart from the planner: what each choice does to one image,
 * and every combination of choices.
 */
export interface Choice {
  readonly build: boolean;
  readonly edit: boolean;
  /** Id of the image that the build takes as its base; null: the content that its base has now. */
  readonly base: string | null;
  readonly moves: boolean;
}

/** `PURL managed` and `PURL bare`; null: there is no such image. */
export type Contents = ReadonlySet<string> | null;

export type Score = readonly [
  images: number,
  packages: number,
  fixPoints: number,
  builds: number,
  teams: number,
];

const LEAVE: Choice = { build: false, edit: false, base: null, moves: false };

export function choicesOf(image: FixImage): readonly Choice[] {
  if (!image.buildSource) return [LEAVE];
  const bases: { readonly base: string | null; readonly moves: boolean }[] = [];
  if (image.base?.kind === 'image') {
    bases.push({ base: image.base.id, moves: image.base.pinned });
    if (image.base.pinned) bases.push({ base: null, moves: false });
  } else bases.push({ base: null, moves: false });
  for (const newer of image.newerBases) bases.push({ base: newer.id, moves: !newer.sameReference });
  const builds = bases.flatMap((base) => [
    { build: true, edit: false, ...base },
    { build: true, edit: true, ...base },
  ]);
  return [LEAVE, ...builds];
}

export class Simulator {
  readonly #problem: FixProblem;
  readonly #images: ReadonlyMap<string, FixImage>;
  readonly #now = new Map<string, Contents>();

  constructor(problem: FixProblem) {
    this.#problem = problem;
    this.#images = new Map(problem.images.map((image) => [image.id, image]));
  }

  /** Everything that it can be built from comes before it. */
  order(): readonly FixImage[] {
    const ordered = new Set<FixImage>();
    const visit = (image: FixImage): void => {
      if (ordered.has(image)) return;
      const sources = [
        ...(image.base?.kind === 'image' ? [image.base.id] : []),
        ...image.newerBases.map(({ id }) => id),
        ...image.copiesFrom,
      ];
      for (const id of sources) visit(this.#images.get(id) as FixImage); // problems here know their images
      ordered.add(image);
    };
    for (const image of this.#problem.images) visit(image);
    return [...ordered];
  }

  now(id: string): Contents {
    const known = this.#now.get(id);
    if (known !== undefined) return known;
    const image = this.#images.get(id) as FixImage; // as above
    const contents = image.built ? this.#contentsNow(image) : null;
    this.#now.set(id, contents);
    return contents;
  }

  /** Undefined: it can't be built like that. */
  after(image: FixImage, choice: Choice, of: (id: string) => Contents): Contents | undefined {
    if (!choice.build) return this.now(image.id);
    const base = this.#base(image, choice, of);
    if (base === null || image.copiesFrom.some((id) => of(id) === null)) return undefined;
    const inherited = this.#kept(image, base, choice.edit);
    const own = image.holdings.flatMap((held) => this.#brought(held, choice.edit, of));
    return new Set([...inherited, ...own]);
  }

  left(image: FixImage, contents: Contents): number {
    if (!image.required || !image.built || contents === null) return 0;
    return new Set([...contents].map((entry) => entry.split(' ')[0])).size;
  }

  /** Of what the base has. */
  #kept(image: FixImage, base: ReadonlySet<string>, edit: boolean): readonly string[] {
    const hidden = this.#hidden(image);
    return [...base].filter((entry) => {
      const [purl = '', way] = entry.split(' ');
      if (hidden.has(purl)) return false;
      return !(way === 'managed' && edit && image.upgrades && this.#fixed(purl));
    });
  }

  /** By its own steps. */
  #brought({ purl, origin }: Holding, edit: boolean, of: (id: string) => Contents): readonly string[] {
    if (origin.kind === 'base') return [];
    if (origin.kind === 'copied') {
      return origin.from === null || has(of(origin.from), purl) ? [`${purl} bare`] : [];
    }
    if (this.#fixed(purl) && (edit || origin.kind === 'refetched')) return [];
    return [`${purl} ${origin.kind === 'downloaded' ? 'bare' : 'managed'}`];
  }

  #base(image: FixImage, choice: Choice, of: (id: string) => Contents): Contents {
    if (choice.base !== null) return of(choice.base);
    if (image.base?.kind === 'image') return this.now(image.base.id);
    return new Set(this.#inherited(image).map((purl) => `${purl} managed`));
  }

  #contentsNow(image: FixImage): Contents {
    const contents = new Set<string>();
    for (const { purl, origin } of image.holdings) {
      if (origin.kind === 'own' || origin.kind === 'refetched') contents.add(`${purl} managed`);
      if (origin.kind === 'downloaded' || origin.kind === 'copied') contents.add(`${purl} bare`);
    }
    const base = image.base?.kind === 'image' ? this.now(image.base.id) : null;
    for (const purl of this.#inherited(image)) {
      const ways = ['managed', 'bare'].filter((way) => base?.has(`${purl} ${way}`));
      for (const way of ways.length > 0 ? ways : ['managed']) contents.add(`${purl} ${way}`);
    }
    return contents;
  }

  #hidden(image: FixImage): ReadonlySet<string> {
    if (!image.built || image.base?.kind !== 'image') return new Set();
    const inherited = new Set(this.#inherited(image));
    const inBase = [...(this.now(image.base.id) ?? [])].map((entry) => entry.split(' ')[0] ?? '');
    return new Set(inBase.filter((purl) => !inherited.has(purl)));
  }

  #inherited(image: FixImage): readonly string[] {
    return image.holdings.filter(({ origin }) => origin.kind === 'base').map(({ purl }) => purl);
  }

  #fixed(purl: string): boolean {
    return this.#problem.packages.some((each) => each.purl === purl && each.fixed !== null);
  }
}

/** The best score of all combinations of choices. */
export function bruteForce(problem: FixProblem): Score {
  const simulator = new Simulator(problem);
  const order = simulator.order();
  const contents = new Map<string, Contents>();
  const of = (id: string): Contents => contents.get(id) ?? null;
  let best: Score = [Infinity, 0, 0, 0, 0];
  const descend = (depth: number, score: Score, teams: ReadonlySet<string>): void => {
    const image = order[depth];
    if (image === undefined) {
      const whole: Score = [score[0], score[1], score[2], score[3], teams.size];
      if (compareScores(whole, best) < 0) best = whole;
      return;
    }
    for (const choice of choicesOf(image)) {
      const after = simulator.after(image, choice, of);
      if (after === undefined) continue;
      contents.set(image.id, after);
      const left = simulator.left(image, after);
      const next: Score = [
        score[0] + (left > 0 ? 1 : 0),
        score[1] + left,
        score[2] + (choice.build && (choice.edit || choice.moves) ? 1 : 0),
        score[3] + (choice.build ? 1 : 0),
        0,
      ];
      descend(depth + 1, next, choice.build && image.team !== null ? new Set([...teams, image.team]) : teams);
    }
  };
  descend(0, [0, 0, 0, 0, 0], new Set());
  return best;
}

export function compareScores(left: Score, right: Score): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function has(contents: Contents, purl: string): boolean {
  return contents !== null && (contents.has(`${purl} managed`) || contents.has(`${purl} bare`));
}
