import { ByteCursor } from './byte-cursor.ts';
import {
  ESTABLISHED,
  type FlowLine,
  type LineEnd,
  type LineFormat,
  type LineKind,
  UNANSWERED,
  UNKNOWN,
} from './flow-line.ts';
import { TIME_EXPECTED, isPlausible } from './line-time.ts';

const SPACE = 32;
/** `[1700000000.123456]   [NEW] ipv4 2 tcp 6 120 SYN_SENT src=…`: all before the first `src=`. */
const HEAD =
  /^\s*(?:\[(\d{1,10}\.\d+)\]\s+)?(?:\[(NEW|UPDATE|DESTROY)\]\s+)?(?:ipv[46]\s+\d+\s+)?[a-z0-9]+\s+(\d+)(?:\s+\d+)?(?:\s+[A-Z_0-9]+)?\s+$/;
const KEYS = ['src', 'dst', 'sport', 'dport', 'bytes'] as const;

type Tuple = Partial<Record<(typeof KEYS)[number], string>>;

/**
 * Text of `conntrack -E -o timestamp,extended` (also with `id`), and of `conntrack -L -o extended`,
 * whose lines have no time and are taken as of `capturedAt`.
 *
 * The client is the source of the original direction; the server is the source of the reply, which is
 * where the connection really went when its address was translated.
 *
 * - `NEW` is one connection, at its own time, to the microsecond.
 * - `UPDATE` is left out: the same connection again.
 * - `DESTROY` comes when the kernel forgets it, minutes after its end, when both addresses may be
 *   somebody else's. So it counts only with `delta-time` (sysctl nf_conntrack_timestamp), which gives
 *   its start to the second: it adds the bytes, and the connection too in a log that has no `NEW`.
 */
export class ConntrackLines implements LineFormat {
  readonly #cursor = new ByteCursor();
  readonly #capturedAt: number | null;
  #newSeen: boolean;

  constructor(capturedAt: number | null, state?: unknown) {
    this.#capturedAt = capturedAt;
    this.#newSeen = state === true;
  }

  state(): boolean {
    return this.#newSeen;
  }

  parse(bytes: Uint8Array, start: number, end: number, line: FlowLine): LineKind {
    this.#cursor.reset(bytes, start, end);
    const text = this.#cursor.text(start, end);
    const head = HEAD.exec(text.slice(0, Math.max(0, text.indexOf('src='))));
    line.problem = 'expected a line of conntrack -E or -L with -o extended';
    if (head === null) return 'malformed';
    const [, stamp, event, protocol] = head;
    if (event === 'UPDATE') return 'ignored';
    if (event === 'NEW') this.#newSeen = true;
    const seconds = stamp === undefined ? (this.#capturedAt ?? Number.NaN) / 1000 : Number(stamp);
    line.problem =
      stamp === undefined ? 'it has no time: record with -o timestamp,extended' : `time: ${TIME_EXPECTED}`;
    if (!isPlausible(seconds)) return 'malformed';
    line.protocol = Number(protocol);
    const deltaSeconds = /\sdelta-time=(\d+)/.exec(text)?.[1];
    if (event === 'DESTROY' && deltaSeconds === undefined) return 'ignored';
    setStart(line, seconds, event === 'DESTROY' ? Number(deltaSeconds) : null);
    return this.#fill(line, text, event === 'DESTROY');
  }

  #fill(line: FlowLine, text: string, ended: boolean): LineKind {
    const [original, reply] = tuplesOf(text);
    if (
      !this.#end(line.client, original.src, original.sport) ||
      !this.#end(line.server, reply.src, reply.sport)
    ) {
      line.problem = 'expected src=, dst= and ports of both directions';
      return 'malformed';
    }
    line.bytes = original.bytes === undefined ? -1 : Number(original.bytes) + Number(reply.bytes ?? 0);
    // At NEW nobody can have answered yet; its DESTROY must land in the same row.
    line.verdict = this.#newSeen ? UNKNOWN : verdictOf(text);
    line.connections = ended && this.#newSeen ? 0 : 1;
    return 'flow';
  }

  #end(end: LineEnd, address: string | undefined, port: string | undefined): boolean {
    if (address === undefined) return false;
    const bytes = Buffer.from(address, 'latin1');
    this.#cursor.reset(bytes, 0, bytes.length);
    // Protocols such as ICMP have no ports.
    end.port = port === undefined ? 0 : Number(port);
    return this.#cursor.address(SPACE, end) && end.port <= 65_535;
  }
}

/** `delta-time` is in whole seconds, so it began up to one second before what they give. */
function setStart(line: FlowLine, seconds: number, deltaSeconds: number | null): void {
  line.to = (seconds - (deltaSeconds ?? 0)) * 1000;
  line.from = deltaSeconds === null ? line.to : line.to - 1000;
}

/** The original direction's values and the reply's: each key's first and second appearance. */
function tuplesOf(text: string): readonly [Tuple, Tuple] {
  const tuples: [Tuple, Tuple] = [{}, {}];
  for (const [, key, value] of text.matchAll(/\b(src|dst|sport|dport|bytes)=(\S+)/g)) {
    const name = KEYS.find((known) => known === key) ?? 'src';
    const tuple = tuples[0][name] === undefined ? tuples[0] : tuples[1];
    tuple[name] ??= value ?? '';
  }
  return tuples;
}

function verdictOf(text: string): number {
  if (text.includes('[UNREPLIED]')) return UNANSWERED;
  return text.includes('[ASSURED]') || text.includes(' ESTABLISHED ') ? ESTABLISHED : UNKNOWN;
}
