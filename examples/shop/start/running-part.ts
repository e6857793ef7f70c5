import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A service or store of the shop that runs. */
export interface RunningPart {
  readonly name: string;
  /** Where others reach it. */
  readonly host: string;
  /** Null for what does not listen. */
  readonly port: number | null;
  /** On this machine; of a container's first process. */
  readonly pid: number;
  /** Full id. */
  readonly container: string | null;
  /** Its working directory. */
  readonly directory: string;
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Ends it, politely at first; returns when it is gone. */
  stop(): Promise<void>;
}

/** How a part is started: as a process or in a container. */
export interface Runner {
  /** @throws Error with the end of its output when it did not get ready. */
  start(service: ServicePlan): Promise<RunningPart>;
  startStore(store: Store): Promise<RunningPart>;
  /** Everything that is left of it. */
  close(): Promise<void>;
}

/** Stores that the shop uses where they are installed. */
export type Store = 'redis' | 'postgres';

export interface ServicePlan {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where it writes its truth. */
  readonly truthFile: string;
}

/** What a service writes of itself; see service/truth.mjs. */
export interface TruthFile {
  readonly port: number | null;
  /** Counts up with every write. */
  readonly written: number;
  readonly done: boolean;
  readonly calls: readonly TrueCall[];
}

/** What one service really did to another, counted by the one who did it. */
export interface TrueCall {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
  readonly failed: number;
}

/** Null while it has not been written. */
export function readTruth(path: string): TruthFile | null {
  try {
    // `as`: our own services write it whole (service/truth.mjs).
    return JSON.parse(readFileSync(path, 'utf8')) as TruthFile;
  } catch {
    return null;
  }
}

const POLL_MS = 10;

/**
 * The first value that is not null.
 * @throws Error `what` … did not happen within that time.
 */
export async function waitFor<Value>(
  what: string,
  look: () => Value | null | Promise<Value | null>,
  timeoutMs = 20_000,
): Promise<Value> {
  for (let waitedMs = 0; waitedMs <= timeoutMs; waitedMs += POLL_MS) {
    const value = await look();
    if (value !== null) return value;
    await sleep(POLL_MS);
  }
  throw new Error(`${what} did not happen within ${timeoutMs / 1000} s`);
}
