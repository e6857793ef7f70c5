import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeCertificate } from '../../../test/registry/certificate.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../test/registry/fake-registry.ts';
import { OciLayout, type LayoutDescriptor } from '../../../test/registry/oci-layout.ts';
import { startRegistry, type Access, type Registry } from '../../../test/registry/registry.ts';
import type { WantedImage } from '../image-content.ts';
import { certificatesFrom, type CertificateLookup } from './certificates.ts';
import { credentialsFrom } from './credentials.ts';
import { createRegistrySource, type RegistrySource } from './registry-source.ts';

const LAYERS = [randomBytes(3_000_000), randomBytes(200_000)];
const NEVER = new AbortController().signal;
const EMPTY = 'application/vnd.oci.empty.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

let directory: string;
let layout: OciLayout;
let image: LayoutDescriptor;
let config: LayoutDescriptor;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sheerline-layout-'));
  layout = await OciLayout.create(join(directory, 'layout'));
  const layers = await Promise.all(LAYERS.map((bytes) => layout.blob(bytes, LAYER)));
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  config = await layout.blob({ os: 'linux', architecture: 'amd64', rootfs }, CONFIG);
  image = await layout.blob({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }, OCI_MANIFEST);
});
after(() => rm(directory, { recursive: true, force: true }));

const sourceFor = (
  registry: Pick<Registry, 'authFile'>,
  files: readonly string[] = [registry.authFile],
  insecure: readonly string[] = [],
): RegistrySource =>
  createRegistrySource({
    insecure,
    clock: Date.now,
    random: Math.random,
    credentials: credentialsFrom(files),
    platform: { os: 'linux', architecture: 'amd64', variant: null },
  });

/** The same password under another name of the registry. */
async function loginTo(registry: Registry, host: string): Promise<string> {
  const file = join(registry.directory, 'other-auth.json');
  const { auths } = JSON.parse(await readFile(registry.authFile, 'utf8')) as {
    auths: Record<string, unknown>;
  };
  await writeFile(file, JSON.stringify({ auths: { [host]: auths[registry.host] } }));
  return file;
}

const named = (registry: Pick<Registry, 'host'>, name: string): WantedImage => ({
  id: config.digest,
  names: [`${registry.host}/${name}`],
  digests: [],
});

async function readAll(source: RegistrySource, wanted: WantedImage): Promise<readonly Buffer[]> {
  const content = await source.open(wanted, NEVER);
  assert.ok(content !== null);
  const layers: Buffer[] = [];
  for await (const { bytes } of content.layers(() => false)) {
    layers.push(Buffer.concat(await bytes.toArray()));
  }
  const bytes = await content.config();
  assert.equal(`sha256:${createHash('sha256').update(bytes).digest('hex')}`, config.digest);
  assert.equal(content.manifestDigest(), image.digest);
  await content.close();
  return layers;
}

for (const access of ['open', 'password', 'token'] as const satisfies readonly Access[]) {
  describe(`Debian's registry, ${access}`, () => {
    let registry: Registry;
    before(async () => {
      registry = await startRegistry(access);
      await registry.push(await layout.name(image, access), 'shop/web:1', ['--preserve-digests']);
    });
    after(() => registry.stop());

    it('gives every layer, byte for byte', async () => {
      assert.deepEqual(await readAll(sourceFor(registry), named(registry, 'shop/web:1')), LAYERS);
    });

    it('has no image that was not pushed', async () => {
      assert.equal(await sourceFor(registry).open(named(registry, 'shop/web:2'), NEVER), null);
    });

    it(`lets ${access === 'open' ? 'anybody' : 'nobody'} in without a password`, async () => {
      const opened = sourceFor(registry, []).open(named(registry, 'shop/web:1'), NEVER);
      if (access === 'open') assert.ok((await opened) !== null);
      else await assert.rejects(opened, { code: 'sensor-failed', remedy: 'stalled', next: /podman login/ });
    });

    it(`${access === 'token' ? 'asks for one token' : 'asks for no token'} per repository`, async () => {
      const known = registry.tokensGiven.length;
      await readAll(sourceFor(registry), named(registry, 'shop/web:1'));
      const asked = registry.tokensGiven.slice(known);
      assert.deepEqual(asked, access === 'token' ? ['repository:shop/web:pull'] : []);
    });
  });
}

describe("Debian's registry with a certificate of its own", () => {
  let registry: Registry;
  before(async () => {
    registry = await startRegistry('token', { secure: true });
    await registry.push(await layout.name(image, 'secure'), 'shop/web:1', ['--preserve-digests']);
  });
  after(() => registry.stop());

  const source = (certificates: CertificateLookup): RegistrySource =>
    createRegistrySource({
      clock: Date.now,
      random: Math.random,
      credentials: credentialsFrom([registry.authFile]),
      certificates,
    });

  it('is read where docker and podman would trust it', async () => {
    const own = join(directory, 'certs.d', registry.host);
    await mkdir(own, { recursive: true });
    await writeFile(join(own, 'ca.crt'), registry.certificate ?? '');
    const trusting = source(certificatesFrom([join(directory, 'certs.d')]));
    assert.deepEqual(await readAll(trusting, named(registry, 'shop/web:1')), LAYERS);
  });

  it('is not trusted with the certificate of another', async () => {
    const { pem } = await makeCertificate(directory, 'other');
    await assert.rejects(source(() => [pem]).open(named(registry, 'shop/web:1'), NEVER), {
      code: 'sensor-failed',
      remedy: 'stalled',
      message: /certificate of 127\.0\.0\.1:\d+ is not trusted/,
    });
  });
});

it('a registry by a name that is not loopback is read where plain HTTP with it is fine', async () => {
  const registry = await startRegistry('password');
  try {
    await registry.push(await layout.name(image, 'plain'), 'shop/web:1', ['--preserve-digests']);
    // It leads to loopback all the same.
    const host = registry.host.replace('127.0.0.1', '0.0.0.0');
    const source = sourceFor(registry, [await loginTo(registry, host)], [host]);
    assert.deepEqual(await readAll(source, named({ host }, 'shop/web:1')), LAYERS);
  } finally {
    await registry.stop();
  }
});

describe('what is attached to an image', () => {
  let registry: Registry;
  before(async () => {
    registry = await startRegistry();
  });
  after(() => registry.stop());

  it('is found by the fallback tag, for a registry without the referrers API', async () => {
    const list = Buffer.from('{"bomFormat":"CycloneDX"}');
    const attached = await layout.blob(
      {
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        artifactType: 'application/vnd.cyclonedx+json',
        config: await layout.blob(Buffer.from('{}'), EMPTY),
        layers: [await layout.blob(list, 'application/vnd.cyclonedx+json')],
        subject: image,
      },
      OCI_MANIFEST,
    );
    await registry.push(await layout.name(image, 'image'), 'shop/web:1', ['--preserve-digests']);
    await put(registry, 'shop/web', attached);
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [attached] };
    const tag = image.digest.replace(':', '-');
    await putManifest(
      registry,
      { repository: 'shop/web', reference: tag, type: OCI_INDEX },
      JSON.stringify(index),
    );
    const documents = await sourceFor(registry).documents(named(registry, 'shop/web:1'), NEVER);
    assert.deepEqual(
      documents.map(({ kind, wrapped, by, bytes }) => ({ kind, wrapped, by, bytes })),
      [{ kind: 'cyclonedx', wrapped: null, by: 'referrer', bytes: list }],
    );
  });

  it('by its build is found in the index that holds it', async () => {
    const statement = Buffer.from('{"predicateType":"https://spdx.dev/Document","predicate":{}}');
    const annotations = { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' };
    const layer = { ...(await layout.blob(statement, 'application/vnd.in-toto+json')), annotations };
    const attestation = await layout.blob(
      { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] },
      OCI_MANIFEST,
    );
    await registry.push(await layout.name(image, 'built'), 'shop/built:plain', ['--preserve-digests']);
    await put(registry, 'shop/built', attestation);
    const index = {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [
        { ...image, platform: { os: 'linux', architecture: 'amd64' } },
        {
          ...attestation,
          platform: { os: 'unknown', architecture: 'unknown' },
          annotations: {
            'vnd.docker.reference.type': 'attestation-manifest',
            'vnd.docker.reference.digest': image.digest,
          },
        },
      ],
    };
    await putManifest(
      registry,
      { repository: 'shop/built', reference: '1', type: OCI_INDEX },
      JSON.stringify(index),
    );
    const source = sourceFor(registry);
    assert.deepEqual(await readAll(source, named(registry, 'shop/built:1')), LAYERS);
    const documents = await source.documents(named(registry, 'shop/built:1'), NEVER);
    assert.deepEqual(
      documents.map(({ kind, wrapped, by, bytes }) => ({ kind, wrapped, by, bytes })),
      [{ kind: 'spdx', wrapped: 'in-toto', by: 'attestation', bytes: statement }],
    );
  });

  it('in the manifest of Docker is read like any other', async () => {
    await registry.push(await layout.name(image, 'docker'), 'shop/docker:1', ['--format', 'v2s2']);
    const content = await sourceFor(registry).open({ ...named(registry, 'shop/docker:1'), id: null }, NEVER);
    const names: string[] = [];
    for await (const { name } of content?.layers(() => false) ?? []) names.push(name);
    assert.equal(names.length, LAYERS.length);
  });
});

/** An artefact, with its blobs: skopeo takes images only. */
async function put(registry: Registry, repository: string, manifest: LayoutDescriptor): Promise<void> {
  const bytes = await layout.read(manifest.digest);
  const { config: its, layers } = JSON.parse(bytes.toString()) as {
    readonly config: LayoutDescriptor;
    readonly layers: readonly LayoutDescriptor[];
  };
  for (const { digest } of [its, ...layers]) {
    const started = await fetch(`http://${registry.host}/v2/${repository}/blobs/uploads/`, {
      method: 'POST',
    });
    const place = new URL(started.headers.get('location') ?? '');
    place.searchParams.set('digest', digest);
    const sent = await fetch(place, { method: 'PUT', body: new Uint8Array(await layout.read(digest)) });
    assert.equal(sent.status, 201);
  }
  await putManifest(
    registry,
    { repository, reference: manifest.digest, type: OCI_MANIFEST },
    bytes.toString(),
  );
}

async function putManifest(
  registry: Registry,
  { repository, reference, type }: Readonly<Record<'repository' | 'reference' | 'type', string>>,
  body: string,
): Promise<void> {
  const response = await fetch(`http://${registry.host}/v2/${repository}/manifests/${reference}`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body,
  });
  assert.equal(response.status, 201, await response.text());
}
