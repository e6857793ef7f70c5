import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PackageIndex } from '#graph';
import { canonicalPackageUrl, osvPackageOf, parsePackageUrl, sourceOfUrl, type Package } from '#model';
import { holdingAny } from '../affected/holdings.ts';
import { canonicalPackage } from '../matching/canonical-name.ts';
import { parsePackageQuestion, questionsAbout } from './package-question.ts';

function own(purl: string): Package {
  const url = parsePackageUrl(purl);
  assert.ok(url?.version);
  const known = osvPackageOf(url);
  return canonicalPackage({
    purl: canonicalPackageUrl(purl) ?? '',
    ecosystem: known?.ecosystem ?? null,
    name: known?.name ?? url.name,
    version: url.version,
    source: sourceOfUrl(url),
    layer: null,
    path: null,
    readBy: 'cyclonedx',
  });
}

const PACKAGES = [
  'pkg:golang/github.com/BurntSushi/toml@v1.2.0',
  'pkg:golang/std@go1.22.1',
  'pkg:npm/%40Scope/JSONStream@1.0.0',
  'pkg:apk/alpine/openssl@3.1.4-r0?arch=x86_64&distro=alpine-3.19.1',
  'pkg:apk/alpine/openssl@3.1.4-r0?arch=x86_64&distro=alpine-3.18.2',
  'pkg:deb/ubuntu/openssl@3.0.2-0ubuntu1.10?arch=amd64&distro=ubuntu-22.04',
  'pkg:nuget/Newtonsoft.Json@12.0.1',
].map(own);

const questions: readonly (readonly [question: string, found: readonly string[]])[] = [
  ['pkg:golang/github.com/BurntSushi/toml', ['Go github.com/BurntSushi/toml']],
  ['pkg:golang/github.com/burntsushi/toml@v1.2.0', ['Go github.com/BurntSushi/toml']],
  ['github.com/BurntSushi/toml@<1.2.1', ['Go github.com/BurntSushi/toml']],
  ['stdlib@<go1.22.2', ['Go stdlib']],
  ['std@<1.22.1', []],
  ['pkg:npm/%40scope/jsonstream@1.0.0', ['npm @Scope/JSONStream']],
  ['@Scope/JSONStream@*', ['npm @Scope/JSONStream']],
  ['@scope/jsonstream@*', []],
  ['pkg:nuget/newtonsoft.json', ['NuGet newtonsoft.json']],
  ['NuGet/Newtonsoft.Json@<13', ['NuGet newtonsoft.json']],
  ['pkg:apk/alpine/openssl?distro=alpine-3.19', ['Alpine:v3.19 openssl']],
  ['pkg:apk/alpine/openssl', ['Alpine:v3.18 openssl', 'Alpine:v3.19 openssl']],
  ['Alpine:3.19/openssl@<3.2', ['Alpine:v3.19 openssl']],
  ['Alpine/openssl@<3.2', ['Alpine:v3.18 openssl', 'Alpine:v3.19 openssl']],
  ['Ubuntu:22.04/openssl@<4', ['Ubuntu:22.04:LTS openssl']],
  ['Ubuntu:24.04/openssl@<4', []],
];

describe('a question about packages', () => {
  const index = new PackageIndex();
  index.setList('a/read', 'a', PACKAGES);
  const held = new Set(PACKAGES.flatMap(({ ecosystem }) => ecosystem ?? []));
  for (const [question, expected] of questions) {
    it(question, () => {
      const asked = parsePackageQuestion(question);
      assert.ok(asked !== null);
      const { packages } = holdingAny(questionsAbout(asked, held), index);
      const found = [...packages.values()].map(({ package: each }) => `${each.ecosystem} ${each.name}`);
      assert.deepEqual(found.toSorted(), expected);
    });
  }
});

describe('what is a question about packages', () => {
  const rows: readonly (readonly [text: string, kind: string | null])[] = [
    ['openssl@<3.0.12', 'range'],
    ['@angular/core@>=1,<2', 'range'],
    ['pkg:npm/lodash@4.17.20', 'url'],
    ['checkout', null],
    ['@angular/core', null],
    [`checkout@sha256:${'9a'.repeat(32)}`, null],
    [`registry.example/shop/web@sha512:${'9a'.repeat(64)}`, null],
  ];
  for (const [text, kind] of rows) {
    it(`${text} is ${kind ?? 'none'}`, () => assert.equal(parsePackageQuestion(text)?.kind ?? null, kind));
  }
});
