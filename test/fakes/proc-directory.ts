import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeProcess {
  readonly pid: number;
  readonly startTicks: number;
  readonly command?: string;
  readonly state?: string;
  readonly parentPid?: number;
  /** Forked from its parent without running another program. */
  readonly forkedOnly?: boolean;
  readonly executable?: string;
  readonly workingDirectory?: string;
  readonly cgroup?: string;
  readonly userId?: number;
  /** Inode of its network namespace. */
  readonly namespace?: number;
  /** Number of the open file → inode of the socket. */
  readonly sockets?: Readonly<Record<number, number>>;
}

export type FakeTable = 'tcp' | 'tcp6' | 'udp' | 'udp6';

export const HOST_NAMESPACE = 4_026_531_840;
export const BOOT_ID = 'c0ffee00-0000-4000-8000-000000000000';

const HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

/** A directory that looks like /proc, with the processes and sockets that a test puts there. */
export class FakeProcDirectory {
  readonly directory = mkdtempSync(join(tmpdir(), 'sheer-proc-'));

  constructor() {
    this.write('sys/kernel/random/boot_id', `${BOOT_ID}\n`);
    this.write('uptime', '1000.00 1000.00\n');
    this.link('self/ns/net', `net:[${HOST_NAMESPACE}]`);
    for (const table of ['tcp', 'tcp6', 'udp', 'udp6'] as const) this.table(table, []);
  }

  start(process: FakeProcess): void {
    const { pid, startTicks, state = 'S', parentPid = 1, command = 'server' } = process;
    const flags = process.forkedOnly === true ? 0x40 : 0;
    const middle = '0 0 0 0 0 0 0 0 20 0 1 0';
    this.write(
      `${pid}/stat`,
      `${pid} (${command}) ${state} ${parentPid} 1 1 0 -1 ${flags} ${middle} ${startTicks} 0 0\n`,
    );
    const userId = process.userId ?? 0;
    this.write(`${pid}/status`, `Name:\tx\nUid:\t${userId}\t${userId}\t${userId}\t${userId}\n`);
    this.write(`${pid}/cgroup`, process.cgroup ?? '0::/\n');
    this.link(`${pid}/exe`, process.executable ?? `/usr/bin/${command}`);
    this.link(`${pid}/cwd`, process.workingDirectory ?? '/');
    this.link(`${pid}/ns/net`, `net:[${process.namespace ?? HOST_NAMESPACE}]`);
    mkdirSync(join(this.directory, `${pid}/fd`), { recursive: true });
    for (const [descriptor, inode] of Object.entries(process.sockets ?? {})) {
      this.link(`${pid}/fd/${descriptor}`, `socket:[${inode}]`);
    }
  }

  end(pid: number): void {
    this.delete(String(pid));
  }

  delete(path: string): void {
    rmSync(join(this.directory, path), { recursive: true, force: true });
  }

  /** Rows as {@link socketRow} makes them; of the node's own network namespace or of a process's. */
  table(name: FakeTable, rows: readonly string[], pid?: number): void {
    const numbered = rows.map((row, index) => `${String(index).padStart(4)}: ${row}\n`);
    this.write(`${pid === undefined ? '' : `${pid}/`}net/${name}`, HEADING + numbered.join(''));
  }

  write(path: string, text: string): void {
    const file = join(this.directory, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  }

  link(path: string, target: string): void {
    const file = join(this.directory, path);
    mkdirSync(join(file, '..'), { recursive: true });
    try {
      unlinkSync(file);
    } catch {
      // There was none yet.
    }
    symlinkSync(target, file);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** One row of a socket table; addresses as the kernel prints them, `0100007F:1F90`. */
export function socketRow(local: string, remote: string, state: number, inode: number): string {
  const hex = state.toString(16).toUpperCase().padStart(2, '0');
  return `${local} ${remote} ${hex} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 100 0 0 10 0`;
}
