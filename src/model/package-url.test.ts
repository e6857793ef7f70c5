import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { canonicalPackageUrl, formatPackageUrl, parsePackageUrl } from './package-url.ts';

describe('a package URL', () => {
  const canonical: readonly (readonly [written: string, joined: string | null])[] = [
    ['pkg:deb/debian/g++@4:12.2.0-3+b1?arch=amd64', 'pkg:deb/debian/g%2B%2B@4:12.2.0-3%2Bb1?arch=amd64'],
    [
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12&upstream=glibc',
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64',
    ],
    [
      'pkg:rpm/redhat/openssl@3.0.7-25.el9?arch=x86_64&epoch=1&upstream=a.src.rpm',
      'pkg:rpm/redhat/openssl@3.0.7-25.el9?arch=x86_64&epoch=1',
    ],
    ['pkg:rpm/redhat/bash@5.1.8?epoch=0', 'pkg:rpm/redhat/bash@5.1.8'],
    ['pkg:rpm/redhat/bash@1:5.1.8', 'pkg:rpm/redhat/bash@5.1.8?epoch=1'],
    ['pkg:deb/debian/vim@9.0?epoch=2', 'pkg:deb/debian/vim@2:9.0'],
    ['pkg:npm/@angular/core@16.0.0', 'pkg:npm/%40angular/core@16.0.0'],
    ['pkg:npm/%40angular/core', 'pkg:npm/%40angular/core'],
    ['pkg:npm/@angular/core', 'pkg:npm/%40angular/core'],
    ['PKG:PyPI/Foo_Bar.baz@1.0', 'pkg:pypi/foo-bar-baz@1.0'],
    [
      'pkg:golang/github.com/Masterminds/semver/v3@v3.2.1',
      'pkg:golang/github.com/masterminds/semver/v3@v3.2.1',
    ],
    ['pkg:maven/org.Apache/Log4J@2.14?type=jar', 'pkg:maven/org.Apache/Log4J@2.14'],
    ['pkg://gem/rails@7.0.4', 'pkg:gem/rails@7.0.4'],
    ['pkg:golang/stdlib@1.21.0#sub/../path', 'pkg:golang/stdlib@1.21.0'],
    ['pkg:npm/', null],
    ['pkg:', null],
    ['npm/left-pad@1', null],
    ['pkg:npm/%zz@1', null],
  ];
  for (const [written, joined] of canonical) {
    it(`${written} is joined as ${joined}`, () => assert.equal(canonicalPackageUrl(written), joined));
  }

  it('formatted and parsed again is the same', () => {
    const word = fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter((text) => !text.includes('/'));
    const url = fc.record(
      {
        type: fc.constantFrom('deb', 'npm', 'maven', 'golang'),
        namespace: fc.option(fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('/'))),
        name: word,
        version: fc.option(word),
        qualifiers: fc.dictionary(fc.constantFrom('arch', 'distro', 'epoch'), word, {
          noNullPrototype: true,
        }),
        subpath: fc.constantFrom(null, 'a', 'a/b c'),
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(url, (given) => assert.deepEqual(parsePackageUrl(formatPackageUrl(given)), given)));
  });

  it('of any text is parsed or refused, never thrown at', () => {
    fc.assert(fc.property(fc.string(), (text) => void canonicalPackageUrl(`pkg:${text}`)));
  });
});
