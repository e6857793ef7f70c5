import type { FlowImportAnswer } from '#model';
import type { Client, FlowImportRequest } from '#sdk';
import { CliError } from '../cli-error.ts';
import { keepFirst, type FlowLog } from './read-log.ts';

export interface FlowImportProgress {
  /** Of the file as it lies on disk. */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly lines: number;
}

export interface SendOptions {
  readonly client: Client;
  readonly log: FlowLog;
  readonly format: FlowImportRequest['format'];
  readonly scope: string | null;
  /** Told where it goes on: at 0 when nothing of the log was imported before. */
  readonly onBegin: (offset: number) => void;
  /** Gets each line of the whole log with names; null: they are not wanted. */
  readonly onLines: ((lines: string) => Promise<void>) | null;
  readonly onProgress: (progress: FlowImportProgress) => Promise<void>;
}

/** A chunk's lines fit the memory of both sides with room; the limit of the API is 8 MiB. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Sends a flow log from where its import stopped. Where names are wanted, what was imported before goes out
 * once more before that, to be named and not counted. The control plane says how much it took: a last,
 * unfinished line goes out again with the next chunk.
 *
 * @throws ClientError, CliError
 */
export async function sendLog(options: SendOptions): Promise<FlowImportAnswer> {
  const { client, log } = options;
  const { request, state } = await openImport(options);
  options.onBegin(state.offset);
  if (options.onLines !== null && state.offset > 0) {
    const again = await client.openFlowImport({ ...request, again: true });
    await send(options, again, keepFirst(log.read(0), state.offset));
  }
  return send(options, state, log.read(state.offset));
}

async function send(
  { client, log, onLines, onProgress }: SendOptions,
  begun: FlowImportAnswer,
  pieces: AsyncGenerator<Buffer, void>,
): Promise<FlowImportAnswer> {
  let state = begun;
  const chunks = createChunks(pieces);
  let wanted = CHUNK_BYTES;
  for (;;) {
    const { bytes, final } = await chunks.peek(wanted);
    const { id, offset } = state;
    const step = await client.appendFlowImport({ id, offset, bytes, final, lines: onLines !== null });
    if (step.named !== null && step.named !== '') await onLines?.(step.named);
    const taken = step.state.offset - offset;
    checkTaken(taken, bytes.byteLength, final);
    chunks.drop(taken);
    state = step.state;
    // A line that is longer than the chunk needs a longer chunk.
    wanted = taken === 0 ? CHUNK_BYTES_MAX : CHUNK_BYTES;
    await onProgress({ bytes: log.position(), totalBytes: log.sizeBytes, lines: state.lines });
    if (final && taken === bytes.byteLength) return state;
  }
}

/** Goes on with an import only where the log begins with exactly what was imported. */
async function openImport({ client, log, format, scope }: SendOptions): Promise<{
  readonly request: FlowImportRequest;
  readonly state: FlowImportAnswer;
}> {
  const [fingerprint = '', ...earlier] = log.fingerprints;
  let request: FlowImportRequest = { format, scope, fingerprint, earlier };
  for (let others = 0; ; others += 1) {
    const state = await client.openFlowImport(request);
    if (state.offset === 0 || (await log.checksum(state.offset)) === state.checksum)
      return { request, state };
    // Another log only begins like this one.
    request = { format, scope, fingerprint: others === 0 ? fingerprint : `${fingerprint}:${others}` };
  }
}

function checkTaken(taken: number, sent: number, final: boolean): void {
  if (taken < 0 || taken > sent) {
    throw new CliError('state-in-use', 'the same file is being imported by someone else', {
      next: 'wait until that import is done',
    });
  }
  if (taken === 0 && sent > 0 && (final || sent >= CHUNK_BYTES_MAX)) {
    throw new CliError('engine-answer', 'the control plane takes no more of this file');
  }
}

interface Chunks {
  /** At least `wanted` bytes where there are so many; `final`: there is nothing behind them. */
  readonly peek: (
    wanted: number,
  ) => Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly final: boolean }>;
  readonly drop: (count: number) => void;
}

function createChunks(pieces: AsyncGenerator<Buffer, void>): Chunks {
  let held: Buffer<ArrayBuffer> = Buffer.alloc(0);
  let ended = false;
  return {
    async peek(wanted) {
      const parts: Buffer[] = [held];
      let length = held.length;
      while (!ended && length < wanted) {
        const next = await pieces.next();
        if (next.done) ended = true;
        else parts.push(next.value);
        length += next.done ? 0 : next.value.length;
      }
      held = Buffer.concat(parts, length);
      return { bytes: held.subarray(0, CHUNK_BYTES_MAX), final: ended && length <= CHUNK_BYTES_MAX };
    },
    drop(count) {
      held = held.subarray(count);
    },
  };
}
