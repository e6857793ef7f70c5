import type { FlowEvent } from '#model';
import { LineSplitter } from '../helper/line-splitter.ts';
import { HexLine } from './hex-line.ts';
import { ipv4OfWord, ipv6OfWords } from './kernel-address.ts';
import type { KernelClock } from './kernel-clock.ts';
import { LineLedger } from './line-ledger.ts';
import { NameCache } from './name-cache.ts';
import { KIND } from './program.ts';
import { flowOfLine, type TcpLine, type TcpPlace } from './tcp-flow.ts';

const LETTER = { four: 0x34, six: 0x36, cgroup: 0x67, process: 0x6e, part: 0x77, mark: 0x6d } as const;

/** Numbers in a line after its first letter. */
const FIELDS: ReadonlyMap<number, number> = new Map([
  [LETTER.four, 14],
  [LETTER.six, 20],
  [LETTER.cgroup, 2],
  [LETTER.process, 2],
  [LETTER.part, 3],
  [LETTER.mark, 2],
]);

/** Where the addresses of a connection's line begin. */
const ADDRESSES = 9;

const LOST_REASON =
  'connections came faster than they could be read, and the kernel dropped some of their lines';

/** A line's letter, a space, and at least one digit. */
const LENGTH_MIN = 3;

export interface TcpLineReaderOptions extends TcpPlace {
  readonly clock: KernelClock;
}

/** Reads what one run of the helper prints (`program.ts`) into flow events. */
export class TcpLineReader {
  readonly #options: TcpLineReaderOptions;
  readonly #splitter = new LineSplitter();
  readonly #line = new HexLine();
  readonly #names = new NameCache();
  readonly #ledger = new LineLedger();

  constructor(options: TcpLineReaderOptions) {
    this.#options = options;
  }

  /** Everything that this chunk completes, in the order in which it was printed. */
  read(chunk: Uint8Array): FlowEvent[] {
    const events: FlowEvent[] = [];
    this.#splitter.push(chunk, (bytes, from, until) => this.#readLine(bytes, from, until, events));
    return events;
  }

  #readLine(bytes: Uint8Array, from: number, until: number, events: FlowEvent[]): void {
    if (until - from < LENGTH_MIN) return;
    const letter = bytes[from] ?? 0;
    const fields = FIELDS.get(letter);
    const line = this.#line;
    // Otherwise a blank line, "Attaching 3 probes..." or a map that is printed at the end.
    if (fields === undefined || !line.read(bytes, from + 2, until, fields)) return;
    switch (letter) {
      case LETTER.four:
        return this.#connection(1, events);
      case LETTER.six:
        return this.#connection(4, events);
      case LETTER.part:
        return this.#ledger.part(line.at(0), line.at(1), line.at(2));
      case LETTER.mark:
        return this.#mark(events);
      case LETTER.cgroup:
        return this.#names.tellCgroup(line.at(1), line.at(0), textOf(bytes, line.end + 1, until));
      case LETTER.process:
        return this.#names.tellProcess(line.at(0), line.at(1), commandOf(textOf(bytes, line.end + 1, until)));
      default:
    }
  }

  /** An address takes `words` fields; what follows the addresses is the same in both families. */
  #connection(words: 1 | 4, events: FlowEvent[]): void {
    const line = this.#line;
    this.#ledger.line(line.at(2), line.at(3));
    const kind = line.at(0);
    const opened = kind === KIND.failed || kind === KIND.closed ? line.at(4) : line.at(1);
    const after = ADDRESSES + 2 * words;
    const pid = line.at(after);
    const startTicks = line.at(after + 1);
    const seen: TcpLine = {
      kind,
      at: this.#options.clock.instant(opened),
      namespace: line.at(5),
      local: { ip: this.#address(ADDRESSES, words), port: line.at(7) },
      remote: { ip: this.#address(ADDRESSES + words, words), port: line.at(8) },
      container: this.#names.container(line.at(6)),
      process: pid === 0 ? null : { pid, startTicks, command: this.#names.command(pid, startTicks) },
      extra: line.at(after + 2),
    };
    events.push(flowOfLine(seen, this.#options));
  }

  #address(field: number, words: 1 | 4): string {
    const line = this.#line;
    if (words === 4)
      return ipv6OfWords(line.at(field), line.at(field + 1), line.at(field + 2), line.at(field + 3));
    return ipv4OfWord(line.at(field));
  }

  #mark(events: FlowEvent[]): void {
    const { clock } = this.#options;
    const at = this.#line.at(0);
    this.#ledger.mark(at, this.#line.at(1), clock.nanoseconds());
    const watermark = this.#ledger.takeWatermark();
    const lost = this.#ledger.takeLost();
    if (lost > 0) events.push({ kind: 'lost', at: clock.instant(at), count: lost, reason: LOST_REASON });
    if (watermark === null) return;
    clock.refresh();
    events.push({ kind: 'watermark', at: clock.instant(watermark) });
  }
}

function textOf(bytes: Uint8Array, from: number, until: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.max(0, until - from)).toString();
}

/** `%r` prints the kernel's 16 bytes, the unprintable ones as \xHH. */
function commandOf(printed: string): string {
  const bytes = printed.replaceAll(/\\x([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  const end = bytes.indexOf('\0');
  return Buffer.from(end < 0 ? bytes : bytes.slice(0, end), 'latin1').toString();
}
