import { readFile } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { SensorError } from '../../sensor-error.ts';
import type { LayerScan } from '../layer-scan.ts';
import { scanHelperCommand, type HelperCommand } from './helper-command.ts';
import { layerScanOf, parseHelperAnswer } from './parse-helper-answer.ts';
import { takeHelper, type Helper } from './spare-helper.ts';

/** What the helper may take; where it takes more it is killed, and the layer is refused. */
export interface ConfinedLimits {
  /** From start to end; the layer's own arrival counts. */
  readonly timeMs: number;
  readonly residentBytes: number;
  readonly answerBytes: number;
}

/**
 * 20 GB of a layer unpack in two minutes; a registry may take longer to send them. An answer of 10,000
 * packages and 100,000 files has 3 MB, which is parsed in 10 ms; the fullest layers in use (700,000 files)
 * have some 20 MB.
 */
export const CONFINED_LIMITS: ConfinedLimits = {
  timeMs: 30 * 60_000,
  residentBytes: 2.5 * 2 ** 30,
  answerBytes: 64 * 2 ** 20,
};

export interface ConfinedScanOptions {
  readonly signal?: AbortSignal;
  readonly limits?: ConfinedLimits;
}

const MEMORY_LOOK_MS = 200;

/**
 * Scans a layer in a helper process of its own: Node with its permission model (reads nothing but the
 * product's own code, writes nothing, no network, no processes, no workers, no native modules), as
 * `nobody` where we are root, in an empty network namespace where that is permitted, with a bounded
 * heap, killed at a limit of time, memory or answer. The layer's bytes are all that it gets.
 *
 * What this can't do: it is no system call filter, so a hole in Node's own zlib, zstd or SQLite would
 * give an attacker a process of `nobody` without a network, not less; the limit of memory is looked at
 * five times a second, so a spike between two looks is not seen; and where we are not root, the helper
 * runs as the same user as we do, with nothing but the permission model between.
 *
 * @param bytes is read to its end, or destroyed
 * @throws SensorError `invalid-input` or `too-large` as of the layer; the same with the remedy `retry`
 * where the helper crashed or was ended at a limit, which the bytes do, or the machine; `sensor-failed`
 * where it can't be started; whatever error `bytes` ends with
 */
export function scanConfined(bytes: Readable, options: ConfinedScanOptions = {}): Promise<LayerScan> {
  const work = { command: scanHelperCommand, start: takeHelper, foundOf: layerScanOf };
  return runHelper(bytes, work, options);
}

/** A helper, and what it is for. */
export interface HelperWork<Found> {
  readonly command: () => Promise<HelperCommand>;
  readonly start: (command: HelperCommand) => Helper;
  /** Looks at what the helper found; null: it can't be that. */
  readonly foundOf: (value: unknown) => Found | null;
}

/**
 * Gives the bytes to a helper, keeps it within its limits, and takes its answer.
 *
 * @throws SensorError as {@link scanConfined}
 */
export async function runHelper<Found>(
  bytes: Readable,
  work: HelperWork<Found>,
  options: ConfinedScanOptions,
): Promise<Found> {
  const limits = options.limits ?? CONFINED_LIMITS;
  const source = new SourceWatch(bytes);
  let watch: HelperWatch | null = null;
  try {
    const command = await work.command();
    // Nobody tells a listener what happened before it listened.
    options.signal?.throwIfAborted();
    source.throwIfFailed();
    const child = work.start(command);
    watch = new HelperWatch(child, limits, options.signal);
    source.onFailure = () => child.kill('SIGKILL');
    // The helper may end before the layer does; that is for its answer to tell.
    pipeline(bytes, child.stdin, () => undefined);
    const { text, signal } = await answerOf(child, limits, watch);
    source.throwIfFailed();
    options.signal?.throwIfAborted();
    if (watch.reason !== null)
      throw new SensorError('too-large', `reading was given up: ${watch.reason}`, { remedy: 'retry' });
    // Nobody here sent it. A broken answer beside it is no answer.
    if (signal !== null)
      throw new SensorError('invalid-input', `the helper that reads packages crashed on it (${signal})`, {
        remedy: 'retry',
      });
    return soundAnswer(text, work.foundOf);
  } finally {
    watch?.stop();
    bytes.destroy();
  }
}

/** Why the layer's bytes did not come to their end, where that is not the helper's doing. */
class SourceWatch {
  onFailure: () => void = () => undefined;
  #failure: Error | null = null;

  constructor(bytes: Readable) {
    this.#failure = bytes.errored;
    bytes.once('error', (error) => {
      // What we make of the source when the helper is done with it.
      if ('code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')) return;
      this.#failure ??= error;
      this.onFailure();
    });
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}

function soundAnswer<Found>(text: string, foundOf: (value: unknown) => Found | null): Found {
  const answer = parseHelperAnswer(text, foundOf);
  if (answer === null) {
    throw new SensorError('sensor-failed', 'the helper that reads packages ended without an answer');
  }
  if (answer.kind === 'found') return answer.found;
  throw new SensorError(
    answer.code === 'too-large' ? 'too-large' : 'invalid-input',
    answer.message.slice(0, 1000),
  );
}

/** All that the helper wrote, and the signal that ended it. */
interface HelperEnd {
  readonly text: string;
  readonly signal: NodeJS.Signals | null;
}

function answerOf(child: Helper, limits: ConfinedLimits, watch: HelperWatch): Promise<HelperEnd> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    child.stdout.on('data', (part: Buffer) => {
      length += part.length;
      if (length > limits.answerBytes) watch.kill(`its answer has more than ${limits.answerBytes} bytes`);
      else parts.push(part);
    });
    child.on('error', (cause) => {
      reject(new SensorError('sensor-failed', "the helper that reads packages can't be started", { cause }));
    });
    child.on('close', (_, signal) => resolve({ text: Buffer.concat(parts).toString('utf8'), signal }));
  });
}

/** Ends the helper at a limit, and knows why. */
class HelperWatch {
  reason: string | null = null;
  readonly #child: Helper;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.#child.kill('SIGKILL');

  constructor(child: Helper, limits: ConfinedLimits, signal: AbortSignal | undefined) {
    this.#child = child;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort);
    this.#timers = [
      setTimeout(() => this.kill(`it took longer than ${limits.timeMs / 1000} s`), limits.timeMs).unref(),
      setInterval(() => void this.#lookAtMemory(limits.residentBytes), MEMORY_LOOK_MS).unref(),
    ];
  }

  kill(reason: string): void {
    this.reason ??= reason;
    this.#child.kill('SIGKILL');
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#child.kill('SIGKILL');
  }

  async #lookAtMemory(bytesMax: number): Promise<void> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8').catch(() => '');
    const kilobytes = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    if (kilobytes * 1024 > bytesMax)
      this.kill(`it took more than ${Math.round(bytesMax / 2 ** 20)} MB of memory`);
  }
}
