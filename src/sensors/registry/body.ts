import type { Clock } from '#model';
import type { Answer } from './exchange.ts';
import { tooLarge, unreachable } from './failures.ts';
import type { RegistryTiming } from './timing.ts';

/**
 * The pieces of a body as they come. Only time spent on waiting for the registry counts, so that a
 * slow reader is not taken for a slow registry.
 * @throws SensorError with remedy `retry`, when the connection ends early or is too slow
 */
export async function* piecesOf(
  answer: Answer,
  bytesExpected: number,
  { timing, clock }: { readonly timing: RegistryTiming; readonly clock: Clock },
): AsyncGenerator<Buffer, void> {
  const patienceMs = timing.bodyMs + (bytesExpected / timing.leastBytesPerSecond) * 1000;
  const pieces: AsyncIterator<Buffer> = answer.body[Symbol.asyncIterator]();
  let waitedMs = 0;
  try {
    for (;;) {
      const askedAt = clock();
      const next = await within(answer, Math.min(timing.idleMs, patienceMs - waitedMs), pieces.next());
      waitedMs += Math.max(0, clock() - askedAt);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    answer.body.destroy();
  }
}

/**
 * A whole body in memory.
 * @throws SensorError `too-large`, or as {@link piecesOf}
 */
export async function bodyOf(
  answer: Answer,
  bytesMax: number,
  pace: { readonly timing: RegistryTiming; readonly clock: Clock },
): Promise<Buffer> {
  const declared = Number(answer.headers['content-length'] ?? 0);
  if (declared > bytesMax) {
    answer.body.destroy();
    throw tooLarge(answer.url.host, 'an answer');
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of piecesOf(answer, bytesMax, pace)) {
    bytes += piece.length;
    if (bytes > bytesMax) throw tooLarge(answer.url.host, 'an answer');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function within<T>(answer: Answer, patienceMs: number, work: Promise<T>): Promise<T> {
  const { host } = answer.url;
  let late = false;
  const timer = setTimeout(
    () => {
      late = true;
      answer.body.destroy();
    },
    Math.max(0, patienceMs),
  );
  try {
    const result = await work;
    if (late) throw unreachable(host, 'is too slow');
    return result;
  } catch (error) {
    throw unreachable(host, late ? 'is too slow' : 'closed the connection too early', error);
  } finally {
    clearTimeout(timer);
  }
}
