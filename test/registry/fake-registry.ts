import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** Says whether it answered; what it leaves is answered well. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FakeImage {
  /** Of the manifest. */
  readonly digest: string;
  /** Config digest. */
  readonly id: string;
  readonly layers: readonly string[];
}

export interface FakeDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Plays a registry on a port of loopback: as good, or as bad, as a test asks. */
export class FakeRegistry {
  /** What is done to requests before they are answered well. */
  behave: Behaviour = () => false;
  /** `GET /v2/…` of every request, in order. */
  readonly requests: string[] = [];
  readonly #content = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeRegistry> {
    const server = createServer((request, response) => fake.#answer(request, response));
    const fake = new FakeRegistry(server);
    server.on('connection', (socket) => {
      fake.#sockets.add(socket);
      socket.once('close', () => fake.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  /** `127.0.0.1:PORT`. */
  get host(): string {
    // A server that listens on a port has an address of this kind.
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** An image of these layers; `tag` makes it the tag's. */
  image(
    repository: string,
    tag: string,
    options: { readonly layers: readonly Buffer[]; readonly architecture?: string },
  ): FakeImage {
    const architecture = options.architecture ?? 'amd64';
    const configuration = { architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } };
    const config = this.blob(repository, Buffer.from(JSON.stringify(configuration)), OCI_CONFIG);
    const layers = options.layers.map((bytes) => this.blob(repository, bytes, OCI_LAYER));
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers };
    const { digest } = this.manifest(repository, tag, manifest);
    return { digest, id: config.digest, layers: layers.map((layer) => layer.digest) };
  }

  blob(repository: string, bytes: Buffer, mediaType: string): FakeDescriptor {
    const digest = digestOf(bytes);
    this.#content.set(`/v2/${repository}/blobs/${digest}`, { type: 'application/octet-stream', bytes });
    return { mediaType, digest, size: bytes.length };
  }

  /** By its digest, and by `reference` where that is another. */
  manifest(
    repository: string,
    reference: string | null,
    document: Readonly<Record<string, unknown>>,
  ): FakeDescriptor {
    const bytes = Buffer.from(JSON.stringify(document));
    const mediaType = String(document['mediaType']);
    const digest = digestOf(bytes);
    for (const name of [digest, reference ?? digest]) {
      this.#content.set(`/v2/${repository}/manifests/${name}`, { type: mediaType, bytes });
    }
    return { mediaType, digest, size: bytes.length };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    response.on('error', () => {});
    this.requests.push(`${request.method} ${request.url}`);
    if (this.behave(request, response)) return;
    const found = this.#content.get(request.url ?? '');
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = `bytes ${from}-${found.bytes.length - 1}/${found.bytes.length}`;
    response.writeHead(from === 0 ? 200 : 206, {
      'content-type': found.type,
      'content-length': found.bytes.length - from,
      ...(from === 0 ? {} : { 'content-range': range }),
    });
    response.end(found.bytes.subarray(from));
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
