import { PackageIndex } from '../../src/graph/index.ts';
import { affectedBy } from '../../src/loops/patch/affected/holdings.ts';
import type { Advisory, Package } from '../../src/model/index.ts';
import { seeded } from '../generated-addresses.ts';
import { anyLibrary, generatedLists } from '../package-lists/generated-lists.ts';

/** The packages of so many images, to match advisories with. */
export class KnownLists {
  readonly #index = new PackageIndex();
  readonly #ecosystems = new Set<string>();

  constructor(images: number) {
    for (const { list, image, json } of generatedLists(images, images + images / 5)) {
      // Written by `generatedLists`.
      const packages = JSON.parse(json) as readonly Package[];
      this.#index.setList(list, image, packages);
      for (const { ecosystem } of packages) if (ecosystem !== null) this.#ecosystems.add(ecosystem);
    }
  }

  /** How many images the advisory affects. */
  affectedBy(advisory: Advisory): number {
    return affectedBy([advisory], { index: this.#index, ecosystems: this.#ecosystems }).images.size;
  }
}

/** OSV records, all of them about libraries that images hold. */
export function libraryRecords(count: number): readonly string[] {
  const random = seeded(5);
  return Array.from({ length: count }, (_, number) => {
    const { ecosystem, name, version } = anyLibrary(random);
    return JSON.stringify({
      schema_version: '1.7.3',
      id: `NEW-2026-${number}`,
      modified: '2026-11-22T12:00:00Z',
      aliases: [`CVE-2026-${100_000 + number}`],
      details: `A flaw in ${name} before ${version}. `.repeat(40),
      affected: [
        {
          package: {
            ecosystem,
            // Distributions' advisories speak of sources.
            name: ecosystem.includes(':') ? name.replace(/^library-(\d+)$/, sourceOf) : name,
          },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: version }] }],
        },
      ],
    });
  });
}

function sourceOf(_: string, number: string): string {
  return `source-${Math.floor(Number(number) / 3)}`;
}
