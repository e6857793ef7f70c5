import {
  containerInstanceId,
  hostScope,
  isLoopback,
  loopbackScope,
  networkScope,
  type Flow,
  type FlowEnd,
  type FlowHolder,
  type FlowVerdict,
  type Instant,
  type Scope,
} from '#model';
import { KIND } from './program.ts';

/** One line of the helper, with its names. */
export interface TcpLine {
  readonly kind: number;
  readonly at: Instant;
  /** Inode number of the socket's network namespace. */
  readonly namespace: number;
  readonly local: { readonly ip: string; readonly port: number };
  readonly remote: { readonly ip: string; readonly port: number };
  /** Container id of the socket's cgroup; null for the host; undefined when it was not told. */
  readonly container: string | null | undefined;
  /** Who connected; null where the kernel did not see it begin. */
  readonly process: { readonly pid: number; readonly startTicks: number; readonly command: string } | null;
  /** Error number of a failed one, payload bytes of a closed one. */
  readonly extra: number;
}

/** Where this line was seen. */
export interface TcpPlace {
  readonly node: string;
  /** Inode number of the host's network namespace. */
  readonly hostNamespace: number;
}

const ECONNRESET = 104;
const ECONNREFUSED = 111;

/** The flow that a line tells of. */
export function flowOfLine(line: TcpLine, place: TcpPlace): Flow {
  const scope = scopeOfSocket(line, place);
  const accepted = line.kind === KIND.accepted;
  const own: FlowEnd = {
    ...line.local,
    scope,
    holder: accepted ? containerHolder(line) : clientHolder(line),
  };
  const peer: FlowEnd = { ...line.remote, scope: isOwnAddress(line) ? scope : null, holder: null };
  return {
    kind: 'flow',
    at: line.at,
    protocol: 'tcp',
    client: accepted ? peer : own,
    server: accepted ? own : peer,
    translated: null,
    seenFrom: accepted ? 'server' : 'client',
    verdict: verdictOf(line),
    connections: line.kind === KIND.closed ? 0 : 1,
    bytes: line.kind === KIND.closed ? line.extra : null,
  };
}

/** The peer is in the same namespace for certain: loopback, or the socket's own address. */
function isOwnAddress(line: TcpLine): boolean {
  return line.remote.ip === line.local.ip || isLoopback(line.remote.ip);
}

function scopeOfSocket(line: TcpLine, place: TcpPlace): Scope | null {
  if (line.namespace === place.hostNamespace) return hostScope(place.node);
  if (line.container === undefined) return null;
  if (line.container === null) return networkScope(place.node, `netns-${line.namespace}`);
  return isLoopback(line.local.ip) ? loopbackScope(containerInstanceId(line.container)) : null;
}

function containerHolder(line: TcpLine): FlowHolder | null {
  return typeof line.container === 'string' ? { kind: 'container', id: line.container } : null;
}

function clientHolder(line: TcpLine): FlowHolder | null {
  if (line.container === null && line.process !== null) return { kind: 'process', ...line.process };
  return containerHolder(line);
}

function verdictOf(line: TcpLine): FlowVerdict {
  if (line.kind !== KIND.failed) return 'established';
  return line.extra === ECONNREFUSED || line.extra === ECONNRESET ? 'refused' : 'unanswered';
}
