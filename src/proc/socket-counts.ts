import type { ProcFiles } from './proc-files.ts';

/** Which socket tables of a network namespace can have rows. */
export interface SocketCounts {
  readonly tcp: boolean;
  readonly tcp6: boolean;
  readonly udp: boolean;
  readonly udp6: boolean;
}

/**
 * The kernel's own counters, which cost microseconds. A TCP table costs a millisecond and more even
 * when it is empty, in every namespace, because the kernel walks the hash table that all share.
 * Null where they can't be read: then nothing is known.
 */
export function readSocketCounts(files: ProcFiles, directory: string): SocketCounts | null {
  const text = files.text(`${directory}/sockstat`);
  const tcp = numberIn(text, /^TCP: inuse (\d+)/m);
  const timeWait = numberIn(text, /^TCP: .* tw (\d+)/m);
  const udp = numberIn(text, /^UDP: inuse (\d+)/m);
  if (tcp === null || timeWait === null || udp === null) return null;
  const text6 = files.text(`${directory}/sockstat6`);
  const tcp6 = numberIn(text6, /^TCP6: inuse (\d+)/m);
  const udp6 = numberIn(text6, /^UDP6: inuse (\d+)/m);
  return {
    tcp: tcp + timeWait > 0,
    // Those that wait for late packets are counted in one sum for both families.
    tcp6: (tcp6 ?? 1) + timeWait > 0,
    udp: udp > 0,
    udp6: (udp6 ?? 1) > 0,
  };
}

function numberIn(text: string | null, pattern: RegExp): number | null {
  const digits = pattern.exec(text ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}
