import type { Instant, VexData } from '#model';
import { packageOrigin, type Graph, type PackageEntry } from '#graph';
import type { ImageBook } from '../images/image-book.ts';
import type { RunningInstance } from '../questions.ts';
import { imagesOf } from '../running/running-now.ts';
import type { SubjectIds } from '../subject-ids.ts';
import { describes, vexProduct, type VexProduct } from './vex-products.ts';

/** Why a vulnerability may stay where it is, and who says so. */
export interface Excuse {
  readonly by: 'vex' | 'waiver';
  readonly author: string;
  readonly reason: string;
  readonly until: Instant | null;
}

/** An affected package in an image. */
export interface HeldThere {
  readonly package: PackageEntry;
  readonly layer: number | null;
}

/** What excuses one vulnerability at one moment. */
export interface Excuses {
  /** False: nothing does, so nobody need be asked. */
  readonly any: boolean;
  /** Null: one of the packages in the image is not excused. */
  ofImage(image: string, held: readonly HeldThere[]): Excuse | null;
  ofInstance(instance: RunningInstance): Excuse | null;
}

interface Statement {
  readonly data: VexData;
  readonly product: VexProduct;
}

export interface ExcuseBookOptions {
  readonly graph: Graph;
  readonly ids: SubjectIds;
  readonly images: ImageBook;
}

const NOTHING: Excuses = { any: false, ofImage: () => null, ofInstance: () => null };

/** Waivers and VEX statements, by the vulnerability that they are about. */
export class ExcuseBook {
  readonly #options: ExcuseBookOptions;
  /** Ids of facts, by the vulnerability's id in capitals. */
  #vex: ReadonlyMap<string, readonly string[]> | null = null;
  #waivers: ReadonlyMap<string, readonly string[]> | null = null;

  constructor(options: ExcuseBookOptions) {
    this.#options = options;
  }

  /** A waiver or a statement came, or ended. */
  forget(): void {
    this.#vex = null;
    this.#waivers = null;
  }

  /**
   * @param ids all ids of the vulnerability
   * @param at now is a moment, too: a waiver ends by itself
   */
  excusesOf(ids: readonly string[], at: Instant): Excuses {
    const statements = this.#statementsOf(ids, at);
    const waivers = this.#waiversOf(ids, at);
    if (statements.length === 0 && waivers.length === 0) return NOTHING;
    return {
      any: true,
      ofImage: (image, held) => this.#vexExcuse(statements, image, held),
      ofInstance: (instance) =>
        waivers.find(({ subject }) => this.#isAbout(subject, instance))?.excuse ?? null,
    };
  }

  /** Vulnerabilities that anything is said of, in capitals. */
  vulnerabilities(): ReadonlySet<string> {
    return new Set([...this.#vexIds().keys(), ...this.#waiverIds().keys()]);
  }

  #waiversOf(
    ids: readonly string[],
    at: Instant,
  ): readonly { readonly subject: string; readonly excuse: Excuse }[] {
    const { graph } = this.#options;
    return statementsFor(this.#waiverIds(), ids).flatMap((id) => {
      const said = graph.one('waiver', id, at);
      if (said === null) return [];
      const { owner, reason, until, subject } = said.data;
      return [{ subject, excuse: { by: 'waiver', author: owner, reason, until } }];
    });
  }

  #isAbout(subject: string, instance: RunningInstance): boolean {
    if (subject === instance.id || subject === instance.service || subject === instance.team) return true;
    const own = imagesOf(instance);
    return own.includes(subject) || this.#options.images.named(subject).some((image) => own.includes(image));
  }

  /** Of each author and product the newest statement counts. */
  #statementsOf(ids: readonly string[], at: Instant): readonly Statement[] {
    const { graph } = this.#options;
    const newest = new Map<string, VexData>();
    for (const id of statementsFor(this.#vexIds(), ids)) {
      const data = graph.one('vex', id, at)?.data;
      if (data === undefined) continue;
      for (const product of data.products) {
        const key = [data.author, product, ...data.components].join('\n');
        const known = newest.get(key);
        if (known === undefined || known.at <= data.at) newest.set(key, { ...data, products: [product] });
      }
    }
    return [...newest.values()].flatMap((data) =>
      data.products.map((product) => ({ data, product: vexProduct(product) })),
    );
  }

  /** Every package must be excused, and nobody may say of one that it is affected after all. */
  #vexExcuse(statements: readonly Statement[], image: string, held: readonly HeldThere[]): Excuse | null {
    let excuse: Excuse | null = null;
    for (const each of held) {
      const about = statements.filter(
        ({ data, product }) => isOf(data.components, each) && this.#covers(product, image, each),
      );
      if (about.some(({ data }) => !isExcusing(data))) return null;
      const [said] = about;
      if (said === undefined) return null;
      const { author, justification, status } = said.data;
      excuse ??= {
        by: 'vex',
        author,
        reason: justification ?? status.replace('_', ' '),
        until: null,
      };
    }
    return excuse;
  }

  /**
   * What is said of an image holds for the images built upon it too, but only for what it brought into
   * them: a package that a descendant adds itself is another decision.
   */
  #covers(product: VexProduct, image: string, held: HeldThere): boolean {
    if (product.kind === 'package') return describes(product.url, held.package.purl);
    const { images } = this.#options;
    const meant = images.named(product.reference);
    if (meant.includes(image)) return true;
    const ancestors = images.tree.ancestors(images.node(image)?.key ?? image);
    if (!ancestors.some(({ id }) => id !== null && meant.includes(id))) return false;
    const node = images.node(image);
    const place = { layer: held.layer, path: held.package.path };
    const origin = node === null ? null : packageOrigin(images.tree, node, place);
    if (origin?.kind !== 'base' || origin.image.id === null) return false;
    if (meant.includes(origin.image.id)) return true;
    const below = images.tree.ancestors(origin.image.key);
    // Brought in by the named image or by one below it, so it is in the named one as well.
    return !below.some(({ id }) => id !== null && meant.includes(id));
  }

  #vexIds(): ReadonlyMap<string, readonly string[]> {
    const { graph, ids } = this.#options;
    return (this.#vex ??= byVulnerability(ids.of('vex'), (id) => graph.one('vex', id)?.data.vulnerability));
  }

  #waiverIds(): ReadonlyMap<string, readonly string[]> {
    // `VULNERABILITY/SUBJECT`: also of those that have ended, which held in the past.
    return (this.#waivers ??= byVulnerability(this.#options.ids.of('waiver'), (id) => id.split('/')[0]));
  }
}

function isOf(components: readonly string[], { package: { purl } }: HeldThere): boolean {
  if (components.length === 0) return true;
  return components.some((component) => {
    const product = vexProduct(component);
    return product.kind === 'package' && describes(product.url, purl);
  });
}

function isExcusing({ status }: VexData): boolean {
  return status === 'not_affected' || status === 'fixed';
}

function byVulnerability(
  ids: ReadonlySet<string>,
  vulnerabilityOf: (id: string) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const id of ids) {
    const key = vulnerabilityOf(id)?.toUpperCase();
    if (key === undefined) continue;
    const known = found.get(key);
    if (known === undefined) found.set(key, [id]);
    else known.push(id);
  }
  return found;
}

function statementsFor(
  by: ReadonlyMap<string, readonly string[]>,
  ids: readonly string[],
): readonly string[] {
  return [...new Set(ids.flatMap((id) => by.get(id.toUpperCase()) ?? []))];
}
