import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { SensorError } from '../../sensor-error.ts';
import { directorySource } from './directory-source.ts';
import { download, DOWNLOAD_LIMITS, type DownloadLimits } from './download.ts';
import { readHead } from './file-head.ts';
import { fileSource } from './file-source.ts';
import { RECORD_LIMITS, type RecordLimits, type RecordSource } from './record-source.ts';
import { zipSource } from './zip-source.ts';

export interface OpenSourceOptions {
  /** Where downloads lie while they last. */
  readonly directory: string;
  /** Of the last reading; null: this is the first. */
  readonly validator: string | null;
  readonly signal: AbortSignal;
  readonly fetch?: typeof globalThis.fetch;
  readonly limits?: RecordLimits;
  readonly downloadLimits?: DownloadLimits;
}

export interface OpenedSource {
  readonly source: RecordSource;
  readonly validator: string | null;
  /** Removes what was downloaded. */
  close(): Promise<void>;
}

/**
 * Opens what a person names: an http(s) URL, a zip archive, a directory, or a file of one JSON document
 * or many lines of them. Null: the server says that it has not changed since.
 *
 * @throws SensorError
 */
export async function openSource(place: string, options: OpenSourceOptions): Promise<OpenedSource | null> {
  const limits = options.limits ?? RECORD_LIMITS;
  if (!/^https?:\/\//i.test(place)) {
    return { source: openPath(place, place, limits), validator: null, close: () => Promise.resolve() };
  }
  const url = URL.parse(place);
  if (url === null) throw new SensorError('invalid-input', `${place} is no URL.`);
  const { directory, validator, signal, fetch = globalThis.fetch } = options;
  const downloadLimits = options.downloadLimits ?? DOWNLOAD_LIMITS;
  const got = await download(url.href, { directory, validator, signal, fetch, limits: downloadLimits });
  if (got === null) return null;
  return {
    source: openPath(got.path, url.pathname, limits),
    validator: got.validator,
    close: () => got.remove(),
  };
}

function openPath(path: string, name: string, limits: RecordLimits): RecordSource {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new SensorError('not-found', `${path} is not there.`);
  if (stats.isDirectory()) return directorySource(path, limits);
  if (!stats.isFile()) throw new SensorError('invalid-input', `${path} is neither a file nor a directory.`);
  return isZip(readHead(path, 4)) ? zipSource(path, limits) : fileSource(path, basename(name), limits);
}

/** A local file, or the end of an archive without any. */
function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] === 0x03 || head[2] === 0x05);
}
