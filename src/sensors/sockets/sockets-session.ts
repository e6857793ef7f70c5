import type { Clock, FlowEvent, FlowHolder } from '#model';
import {
  createProcessTable,
  findSocketOwners,
  readBoot,
  readControlGroup,
  readNetworkNamespace,
  readSocketTables,
  readStat,
} from '#proc';
import type { ProcFiles, ProcessTable, SocketOwner } from '#proc';

import { ConnectionBook } from './connection-book.ts';
import { noRows, readConnections } from './connection-rows.ts';
import type { NamespaceRows } from './connection-rows.ts';
import { isServerSide, parsePortRange } from './server-side.ts';
import { flowOfConnection } from './socket-flow.ts';

const REPRESENTATIVES = 3;
/** Links of open files read per look: 8,000 take about 15 ms. The first look reads all it must. */
const LINKS_MAX = 8_000;

export interface SocketsSession {
  look(): Generator<void, readonly FlowEvent[]>;
}

export function createSocketsSession(node: string, files: ProcFiles, clock: Clock): SocketsSession {
  // Fails early where /proc is not what it should be.
  readBoot(files, clock);
  const own = readNetworkNamespace(files, 'self');
  const range = parsePortRange(files.text('sys/net/ipv4/ip_local_port_range'));
  const table = createProcessTable(files);
  const book = new ConnectionBook();
  const likely = new Set<number>();
  let look = 0;

  function* readRows(): Generator<void, readonly NamespaceRows[]> {
    const all: NamespaceRows[] = [];
    for (const [namespace, pids] of [[own, 'own'] as const, ...foreignNamespaces(table, own)]) {
      const rows = noRows();
      for (const each of readSocketTables(files, pids))
        readConnections(each, namespace, book, { rows, look });
      all.push(rows);
      yield;
    }
    book.forget(look);
    return all;
  }

  function* findOwners(inodes: ReadonlySet<number>): Generator<void, ReadonlyMap<number, SocketOwner>> {
    if (inodes.size === 0) return new Map();
    const newestFirst = [...table.all()]
      .filter(({ kernelThread, pid }) => !kernelThread && !likely.has(pid))
      .toSorted((left, right) => right.startTicks - left.startTicks)
      .map(({ pid }) => pid);
    const limit = look === 1 ? Number.POSITIVE_INFINITY : LINKS_MAX;
    const { found } = yield* findSocketOwners(files, inodes, [...likely, ...newestFirst], limit);
    likely.clear();
    for (const { pid } of found.values()) likely.add(pid);
    return found;
  }

  return {
    *look() {
      look += 1;
      const at = clock();
      yield* table.refresh();
      const all = yield* readRows();
      const connections = all.flatMap((rows) => rows.connections);
      const owners = yield* findOwners(
        new Set(connections.map(({ inode }) => inode).filter((inode) => inode > 0)),
      );
      const place = { node, namespace: own, at };
      const events: FlowEvent[] = all.flatMap((rows) =>
        rows.connections.map((connection) => {
          const owner = owners.get(connection.inode);
          const holder = owner === undefined ? null : holderOf(files, owner.pid);
          const serverSide = isServerSide(connection, rows.listening[connection.protocol], range);
          return flowOfConnection(connection, holder, serverSide, place);
        }),
      );
      const missed = all.reduce((sum, rows) => sum + rows.missed, 0);
      // What the first look finds closed was there before anyone looked.
      if (missed > 0 && look > 1) events.push({ kind: 'lost', at, count: missed, reason: MISSED });
      return [...events, { kind: 'watermark', at }];
    },
  };
}

const MISSED = 'opened and closed between two looks';

/** Others than the node's own, each with a few processes that live in it. */
function foreignNamespaces(table: ProcessTable, own: number | null): ReadonlyMap<number, readonly number[]> {
  const namespaces = new Map<number, number[]>();
  for (const { pid, namespace } of table.all()) {
    if (namespace === null || namespace === own) continue;
    const pids = namespaces.get(namespace) ?? [];
    if (pids.length < REPRESENTATIVES) namespaces.set(namespace, [...pids, pid]);
  }
  return namespaces;
}

function holderOf(files: ProcFiles, pid: number): FlowHolder | null {
  const { containerId } = readControlGroup(files, pid);
  if (containerId !== null) return { kind: 'container', id: containerId };
  const stat = readStat(files, pid);
  return stat === null ? null : { kind: 'process', pid, startTicks: stat.startTicks, command: stat.command };
}
