import type { BuildSourceData } from '../../src/model/index.ts';
import type { TreeImage } from '../../src/graph/index.ts';
import { seeded } from '../generated-addresses.ts';

/**
 * Images on about six levels, each with two to six layers of its own; two thirds have base
 * annotations, and every tenth of the first 30,000 has a build source.
 */
export function generatedTreeImages(count: number): {
  readonly images: readonly TreeImage[];
  readonly sources: readonly BuildSourceData[];
} {
  const random = seeded(7);
  const images: TreeImage[] = [];
  const sources: BuildSourceData[] = [];
  let layers = 0;
  for (let number = 0; number < count; number++) {
    const base = number < ROOTS ? undefined : images[Math.floor(random() * Math.min(number, BASES))];
    const own = Array.from({ length: 2 + (number % 5) }, () => digest(++layers));
    const name = `registry.example/team-${number % 50}/image-${number}`;
    const [reference = null] = base?.data.names ?? [];
    images.push({
      id: digest(number + 1e9),
      data: {
        names: [`${name}:1`],
        digests: [`${name}@${digest(number + 2e9)}`],
        diffIds: [...(base?.data.diffIds ?? []), ...own],
        labels:
          reference !== null && number % 3 > 0 ? { 'org.opencontainers.image.base.name': reference } : {},
        created: number,
      },
    });
    if (number % 10 === 0 && number < 10 * SOURCES) sources.push(sourceOf(name, reference));
  }
  return { images, sources };
}

const ROOTS = 50;
/** Only so many have others built on them. */
const BASES = 5000;
const SOURCES = 3000;

function digest(number: number): string {
  return `sha256:${number.toString(16).padStart(64, '0')}`;
}

function sourceOf(name: string, base: string | null): BuildSourceData {
  return {
    name,
    owner: null,
    context: '/src',
    containerfile: 'Containerfile',
    target: null,
    base,
    stages: [],
    copies: [],
    downloads: [],
    location: 'sheer.yaml',
  };
}
