import type { Readable } from 'node:stream';

/** Files by name, as an OCI layout or an archive of docker keeps them: in a directory, or in a tar archive. */
export interface BlobStore {
  /** Null: it is not there. Throws a SensorError where it is larger than `bytesMax`. */
  read(name: string, bytesMax: number): Promise<Buffer | null>;
  /** Null: it is not there. */
  open(name: string): Promise<Readable | null>;
  close(): Promise<void>;
}
