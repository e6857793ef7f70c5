import { spawn } from 'node:child_process';
import type { PackageList } from '#model';
import { SensorError } from '../../sensor-error.ts';
import { composeScans } from '../compose-scans.ts';
import { liveReaderCommand } from '../helper/helper-command.ts';
import { CONFINED_LIMITS, scanConfined, type ConfinedLimits } from '../helper/scan-confined.ts';
import {
  LIVE_LIMITS,
  type LiveAnswer,
  type LiveLimits,
  type LiveRequest,
  type LiveWanted,
} from './live-request.ts';

/** A process, whose root file system is looked at. */
export interface LiveProcess {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, so that another process with that number is not taken for it; null: not known. */
  readonly startTicks: number | null;
}

export interface LiveScanOptions {
  readonly signal?: AbortSignal;
  readonly limits?: LiveLimits;
  readonly confinedLimits?: ConfinedLimits;
}

/** What a live root file system holds now. */
export interface LiveRoot {
  /** No package has a layer; `unread` says what was there and could not be read. */
  readonly list: PackageList;
  /** That were read. */
  readonly files: number;
  readonly bytes: number;
}

/** Longer than any root takes that answers at all. */
const LIVE_TIME_MS = 5 * 60_000;
/** Between the end of the archive, or a signal that kills, and the reader's own end. */
const LEAVE_MS = 10_000;
const ANSWER_LENGTH_MAX = 4 * 1024 * 1024;

/**
 * Reads the packages of the root file system that a live process sees (`/proc/PID/root`). Package databases
 * always; beside them the files that are wanted. No link leads out of the root, nothing but regular files is
 * opened, access times stay where that is permitted; the bytes are looked into by the confined helper only.
 * Changes nothing.
 *
 * @throws SensorError `not-found`: the process is gone; `sensor-failed`: its root may not be read, or the
 * reader was killed; else as {@link scanConfined}
 */
export async function scanLiveRoot(
  process: LiveProcess,
  wanted: LiveWanted,
  options: LiveScanOptions = {},
): Promise<LiveRoot> {
  options.signal?.throwIfAborted();
  const { command, args } = liveReaderCommand();
  const reader = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {}, cwd: '/', detached: true });
  const request: LiveRequest = { ...process, wanted, limits: options.limits ?? LIVE_LIMITS };
  // A reader that can't take the request says so by its end.
  reader.stdin.on('error', () => undefined);
  reader.stdin.end(JSON.stringify(request));
  const answer = answerOf(reader);
  try {
    const limits = options.confinedLimits ?? { ...CONFINED_LIMITS, timeMs: LIVE_TIME_MS };
    const scanned = scanConfined(reader.stdout, {
      limits,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }).then(
      (scan) => ({ scan, error: null }),
      (error: unknown) => ({ scan: null, error }),
    );
    const { scan, error } = await scanned;
    // Why there is no archive, or half of one, is the reader's to tell.
    if (scan === null) reader.kill('SIGKILL');
    const told = await soonest(answer, LEAVE_MS);
    if (told !== null) throwUnlessRead(told, process.pid);
    if (scan === null) throw error;
    if (told?.kind !== 'read')
      throw new SensorError('sensor-failed', 'the reader of live root file systems ended without an answer');
    // In the image's own list, what lies in these is not the system's.
    const foreign = new Set(wanted.paths);
    const list = composeScans([scan.diffId], new Map([[scan.diffId, scan]]), null, foreign);
    return {
      list: {
        ...list,
        packages: list.packages.map((one) => ({ ...one, layer: null })),
        unread: [...list.unread, ...told.unread],
      },
      files: told.files,
      bytes: told.bytes,
    };
  } finally {
    reader.kill('SIGKILL');
    // One that hangs must not keep us from ending.
    reader.unref();
    for (const stream of [reader.stdin, reader.stdout, reader.stderr]) stream.destroy();
  }
}

/**
 * Null after this time: a process that waits for a file system that never answers (FUSE, served from inside
 * of the container) does not end, whatever signal it gets.
 */
export async function soonest<Value>(work: Promise<Value | null>, timeMs: number): Promise<Value | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), timeMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function throwUnlessRead(answer: LiveAnswer, pid: number): void {
  if (answer.kind === 'gone') throw new SensorError('not-found', `the process ${pid} is gone`);
  if (answer.kind === 'refused') {
    throw new SensorError(
      'sensor-failed',
      `the root file system of process ${pid} can't be read: ${answer.reason}`,
      {
        next: 'Run Sheerline as root, or with the capabilities CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH.',
      },
    );
  }
}

/** Null: it was killed, or failed. */
function answerOf(reader: ReturnType<typeof spawn>): Promise<LiveAnswer | null> {
  return new Promise((resolve) => {
    let text = '';
    // A path may be cut in the middle of a character between two pieces.
    reader.stderr?.setEncoding('utf8').on('data', (part: string) => {
      if (text.length < ANSWER_LENGTH_MAX) text += part;
    });
    reader.on('error', () => resolve(null));
    reader.on('close', () => resolve(parseAnswer(text)));
  });
}

/** What our own reader writes; anything else is an error of Node's. */
function parseAnswer(text: string): LiveAnswer | null {
  try {
    return JSON.parse(text) as LiveAnswer;
  } catch {
    return null;
  }
}
