import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface LayoutDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An OCI layout that a test writes, blob by blob. */
export class OciLayout {
  readonly directory: string;
  readonly #manifests: LayoutDescriptor[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(directory: string): Promise<OciLayout> {
    await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
    await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    return new OciLayout(directory);
  }

  async blob(content: Buffer | object, mediaType: string): Promise<LayoutDescriptor> {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(this.directory, 'blobs', 'sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  }

  /** `oci:DIRECTORY:NAME` is the manifest from now on. */
  async name(manifest: LayoutDescriptor, name: string): Promise<string> {
    const annotations = { 'org.opencontainers.image.ref.name': name };
    this.#manifests.push({ ...manifest, annotations });
    const index = { schemaVersion: 2, manifests: this.#manifests };
    await writeFile(join(this.directory, 'index.json'), JSON.stringify(index));
    return `oci:${this.directory}:${name}`;
  }

  read(digest: string): Promise<Buffer> {
    return readFile(join(this.directory, 'blobs', ...digest.split(':')));
  }
}
