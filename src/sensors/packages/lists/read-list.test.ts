import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SensorError } from '../../sensor-error.ts';
import type { ListDocument } from './list-document.ts';
import { readList } from './read-list.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

function read(document: unknown): ListDocument {
  return readList(Buffer.from(JSON.stringify(document)));
}

function brief({ list }: ListDocument): readonly string[] {
  return list.packages.map(({ ecosystem, name, version, source }) =>
    [ecosystem, name, version, ...(source === null ? [] : [source.name, source.version])].join(' '),
  );
}

const cyclonedx = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: {
    tools: { components: [{ type: 'application', name: 'syft', version: '1.4.1' }] },
    component: { type: 'container', name: 'app', version: DIGEST },
  },
  components: [
    { type: 'operating-system', name: 'debian', version: '12' },
    {
      type: 'library',
      name: 'libc6',
      purl: 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&upstream=glibc&distro=debian-12',
      properties: [{ name: 'syft:location:0:path', value: '/var/lib/dpkg/status' }],
    },
    { type: 'library', name: 'perl', purl: 'pkg:deb/debian/perl@5.36.0-7%2Bb1?arch=amd64' },
    {
      type: 'library',
      name: 'app',
      purl: 'pkg:maven/org.apache/app@1',
      components: [
        {
          type: 'library',
          name: 'inner',
          purl: 'pkg:npm/%40a/inner@2',
          components: [{ type: 'library', name: 'deep', purl: 'nonsense' }],
        },
      ],
    },
    { type: 'library', name: 'nameless' },
    { type: 'file', name: '/etc/passwd' },
    { type: 'library', name: 'no-version', purl: 'pkg:npm/no-version' },
  ],
};

const spdx = {
  spdxVersion: 'SPDX-2.3',
  creationInfo: { creators: ['Organization: x', 'Tool: syft-1.4.1'] },
  packages: [
    {
      SPDXID: 'SPDXRef-DocumentRoot-Image',
      name: 'app',
      versionInfo: DIGEST,
      primaryPackagePurpose: 'CONTAINER',
    },
    {
      name: 'openssl-libs',
      externalRefs: [
        { referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:x' },
        {
          referenceType: 'purl',
          referenceLocator:
            'pkg:rpm/rocky/openssl-libs@3.0.7-25.el9?arch=x86_64&epoch=1&upstream=openssl-3.0.7-25.el9.src.rpm&distro=rocky-9.3',
        },
      ],
    },
    { name: 'torn', externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:npm/%zz@1' }] },
    { name: 'without' },
  ],
};

describe('a list of packages', () => {
  it('is read from CycloneDX, with components in components', () => {
    const document = read(cyclonedx);
    assert.deepEqual(brief(document), [
      'Debian:12 libc6 2.36-9+deb12u4 glibc 2.36-9+deb12u4',
      'Debian:12 perl 5.36.0-7+b1 perl 5.36.0-7',
      'Maven org.apache:app 1',
      'npm @a/inner 2',
    ]);
    assert.equal(document.tool, 'syft 1.4.1');
    assert.deepEqual(document.subjects, [DIGEST]);
    assert.equal(document.list.packages[0]?.path, '/var/lib/dpkg/status');
    assert.deepEqual(document.list.distribution, { id: 'debian', versionId: '12', name: 'debian 12' });
  });

  it('tells where it could not be read', () => {
    assert.deepEqual(read(cyclonedx).list.unread, [
      { path: 'components[4]', reason: 'nameless has no package URL' },
      { path: 'components[6].purl', reason: 'pkg:npm/no-version has no version' },
      { path: 'components[3].components[0].components[0].purl', reason: '"nonsense" is no package URL' },
    ]);
    assert.deepEqual(read(spdx).list.unread, [
      { path: 'packages[2].externalRefs[0].referenceLocator', reason: '"pkg:npm/%zz@1" is no package URL' },
      { path: 'packages[3]', reason: 'without has no package URL' },
    ]);
  });

  it('is read from SPDX', () => {
    const document = read(spdx);
    assert.deepEqual(brief(document), ['Rocky Linux:9 openssl-libs 1:3.0.7-25.el9 openssl 1:3.0.7-25.el9']);
    assert.equal(
      document.list.packages[0]?.purl,
      'pkg:rpm/rocky/openssl-libs@3.0.7-25.el9?arch=x86_64&epoch=1',
    );
    assert.equal(document.tool, 'syft 1.4.1');
    assert.deepEqual(document.subjects, [DIGEST]);
  });

  it('is taken out of a statement and an envelope', () => {
    const other = 'cd'.repeat(32);
    const statement = {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://spdx.dev/Document',
      subject: [{ name: 'app', digest: { sha256: other } }],
      predicate: spdx,
    };
    assert.deepEqual(read(statement).subjects, [`sha256:${other}`, DIGEST]);
    const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
    const envelope = { payloadType: 'application/vnd.in-toto+json', payload, signatures: [] };
    assert.equal(brief(read(envelope)).length, 1);
  });

  it('takes sources from what Trivy and Syft say', () => {
    const component = (properties: Readonly<Record<string, string>>) => ({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      components: [
        {
          type: 'library',
          name: 'a',
          purl: 'pkg:deb/debian/a@1?distro=debian-12.4',
          properties: Object.entries(properties).map(([name, value]) => ({ name, value })),
        },
      ],
    });
    const trivy = {
      'aquasecurity:trivy:SrcName': 's',
      'aquasecurity:trivy:SrcVersion': '2',
      'aquasecurity:trivy:SrcRelease': '3',
      'aquasecurity:trivy:SrcEpoch': '1',
    };
    assert.deepEqual(brief(read(component(trivy))), ['Debian:12 a 1 s 1:2-3']);
    const syft = { 'syft:metadata:source': 's', 'syft:metadata:sourceVersion': '2' };
    assert.deepEqual(brief(read(component(syft))), ['Debian:12 a 1 s 2']);
  });

  const refused: readonly (readonly [what: string, bytes: string, message: RegExp])[] = [
    ['no JSON', '{', /not JSON/],
    ['another document', '{"a":1}', /neither CycloneDX nor SPDX/],
    ['an array', '[]', /no JSON object/],
    ['CycloneDX 1.3', '{"bomFormat":"CycloneDX","specVersion":"1.3"}', /specVersion: CycloneDX 1.3/],
    ['SPDX 2.1', '{"spdxVersion":"SPDX-2.1"}', /spdxVersion: SPDX-2.1/],
    ['SPDX 3', '{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', /SPDX 3 is not read/],
    ['arrays in arrays', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, /not JSON|no JSON object/],
  ];
  for (const [what, bytes, message] of refused) {
    it(`is refused where it is ${what}`, () => {
      assert.throws(
        () => readList(Buffer.from(bytes)),
        (error) => error instanceof SensorError && message.test(error.message),
      );
    });
  }

  it('of components in components without an end is read without one', () => {
    const depth = 20_000;
    const open = '{"type":"library","name":"a","components":[';
    const nested = `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[${open.repeat(depth)}${']}'.repeat(depth)}]}`;
    const { list } = readList(Buffer.from(nested));
    assert.equal(list.unread.length, depth);
  });
});
