import { createHash, type Hash } from 'node:crypto';
import { piecesOf } from './body.ts';
import type { Answer } from './exchange.ts';
import { lying, mayPass, unreachable } from './failures.ts';
import type { Descriptor } from './manifest.ts';
import { pause, type TransportOptions } from './transport.ts';

/** Asks for a blob from a byte on; the answer may still begin at 0. */
export type OpenBlob = (fromByte: number) => Promise<Answer>;

/** However many bytes each connection brings: one that is cut every 10 s still gets a layer in a quarter of an hour. */
const CONNECTIONS_MAX = 100;

/**
 * The bytes of a blob. A connection that drops is taken up where it ended; the last piece is only
 * given when size and digest are right.
 * @throws SensorError remedy `stalled` where the registry sends other bytes than it names, `retry` otherwise
 */
export async function* blobBytes(
  blob: Pick<Descriptor, 'digest' | 'size'>,
  open: OpenBlob,
  pace: Pick<TransportOptions, 'timing' | 'clock'>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const download = new Download(blob, open, pace);
  let last: Buffer | null = null;
  for await (const piece of download.pieces(signal)) {
    if (last !== null) yield last;
    last = piece;
  }
  download.verify();
  if (last !== null) yield last;
}

class Download {
  readonly #blob: Pick<Descriptor, 'digest' | 'size'>;
  readonly #algorithm: string;
  readonly #open: OpenBlob;
  readonly #pace: Pick<TransportOptions, 'timing' | 'clock'>;
  readonly #hash: Hash;
  #bytes = 0;
  #host = '';

  constructor(
    blob: Pick<Descriptor, 'digest' | 'size'>,
    open: OpenBlob,
    pace: Pick<TransportOptions, 'timing' | 'clock'>,
  ) {
    this.#blob = blob;
    this.#algorithm = blob.digest.slice(0, blob.digest.indexOf(':'));
    this.#open = open;
    this.#pace = pace;
    this.#hash = createHash(this.#algorithm);
  }

  async *pieces(signal: AbortSignal): AsyncGenerator<Buffer, void> {
    const { backoffMs, attemptsMax } = this.#pace.timing;
    let barren = 0;
    for (let connection = 1; connection === 1 || this.#bytes < this.#blob.size; connection++) {
      const before = this.#bytes;
      const answer = await this.#open(before);
      try {
        yield* this.#read(answer, before);
      } catch (error) {
        signal.throwIfAborted();
        barren = this.#bytes > before ? 0 : barren + 1;
        if (!mayPass(error) || barren >= attemptsMax || connection >= CONNECTIONS_MAX) throw error;
        await pause(backoffMs * 2 ** barren, signal);
      }
    }
  }

  verify(): void {
    const found = `${this.#algorithm}:${this.#hash.digest('hex')}`;
    if (found !== this.#blob.digest) throw lying(this.#host, `sent ${found} for ${this.#blob.digest}`);
  }

  async *#read(answer: Answer, fromByte: number): AsyncGenerator<Buffer, void> {
    const { digest, size } = this.#blob;
    this.#host = answer.url.host;
    // A server without ranges begins anew: what is known already is passed over.
    let skip = fromByte - startOf(answer, fromByte);
    for await (const whole of piecesOf(answer, size, this.#pace)) {
      const piece = whole.subarray(Math.min(skip, whole.length));
      skip -= whole.length - piece.length;
      if (piece.length === 0) continue;
      this.#bytes += piece.length;
      if (this.#bytes > size) throw lying(this.#host, `sends more than the ${size} bytes of ${digest}`);
      this.#hash.update(piece);
      yield piece;
    }
    if (this.#bytes < size) throw unreachable(this.#host, `ended ${digest} too early`);
  }
}

function startOf(answer: Answer, fromByte: number): number {
  if (answer.status === 200) return 0;
  const start = Number(/^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1] ?? Number.NaN);
  if (answer.status === 206 && start === fromByte) return start;
  answer.body.destroy();
  throw lying(answer.url.host, `answered ${answer.status} when it was asked for the rest of a blob`);
}
