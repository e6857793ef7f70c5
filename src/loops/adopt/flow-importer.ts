import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type {
  EndName,
  FlowLogDescription,
  FlowLogEnd,
  FlowLogLine,
  FlowLogReader,
  FlowLogReaderOptions,
  FlowLogRow,
} from '#sensors';
import type { FlowRow, MeasurementStore } from '#store';
import { AdoptError } from './adopt-error.ts';
import { EndNamer, protocolOf, type Called } from './answers/ends.ts';
import type { View } from './answers/view.ts';

import { INTERNET, nodeHolder, type AttributedEnd } from './attribution/attributed-flow.ts';
import { IMPORT_PREFIX, isCall } from './attribution/call-table.ts';
import { LogResolver } from './log-resolver.ts';
import type { FlowImports, FlowImportState } from './questions.ts';

type ImportRequest = Parameters<FlowImports['open']>[0];

/** How flow logs are read; injected, because a loop knows sensors by their contracts only. */
export interface FlowLogFormats {
  readonly createReader: (options: FlowLogReaderOptions) => FlowLogReader;
  /** Which there are, and what each can say. */
  readonly formats: readonly FlowLogDescription[];
  readonly namedLine: (line: FlowLogLine, nameOf: (end: FlowLogEnd, line: FlowLogLine) => EndName) => string;
}

interface Import extends ImportRequest {
  readonly id: string;
  readonly resolver: LogResolver;
  reader: FlowLogReader;
  offset: number;
  /** CRC-32 of what lies before the offset. */
  checksum: number;
}

/** What is kept of an import beside its offset, as JSON. */
interface StoredState {
  readonly checksum: number;
  readonly reader: string;
}

/** What is older is no call of now; the same after a restart. */
const CALLS_MS = 24 * 3_600_000;

/** So many imports keep their reader (10 MB each) in memory; others go on from what is stored. */
const OPEN_MAX = 4;

/** Late logs of other tools, named as of their time. Every chunk is stored with how far it got, or not at all. */
export class FlowImporter implements FlowImports {
  readonly #view: View;
  readonly #measurements: MeasurementStore;
  readonly #formats: FlowLogFormats;
  readonly #imports = new Map<string, Import>();

  constructor(view: View, measurements: MeasurementStore, formats: FlowLogFormats) {
    this.#view = view;
    this.#formats = formats;
    this.#measurements = measurements;
  }

  open(request: ImportRequest): FlowImportState {
    const ids = [request.fingerprint, ...(request.earlier ?? [])].map((each) => idOf(request, each));
    const begun = ids.find((each) => this.#measurements.importProgress(each) !== null);
    const id = begun ?? idOf(request, request.fingerprint);
    if (request.again === true) return stateOf(this.#begin(`${id}-again`, request));
    const running = this.#imports.get(id);
    if (running === undefined) return stateOf(this.#begin(id, request));
    // The ones that nobody has opened for long make room for others.
    this.#imports.delete(id);
    this.#imports.set(id, running);
    return stateOf(running);
  }

  append(chunk: Parameters<FlowImports['append']>[0]): {
    readonly state: FlowImportState;
    readonly lines: string | null;
  } {
    const running = this.#imports.get(chunk.id);
    if (running === undefined) {
      throw new AdoptError('not-found', `there is no open import ${chunk.id}`, {
        next: 'open it again; it goes on where it was',
      });
    }
    // A chunk that was taken already, or that follows one that was not: the answer says where to go on.
    if (chunk.offset !== running.offset)
      return { state: stateOf(running), lines: chunk.wantLines ? '' : null };
    const lines: string[] = [];
    running.reader.onLine = chunk.wantLines ? (line) => lines.push(this.#named(running, line)) : null;
    try {
      this.#take(running, chunk.bytes, chunk.final);
    } catch (error) {
      // What the reader holds is no longer what is stored.
      this.#imports.delete(chunk.id);
      throw error;
    }
    return {
      state: stateOf(running),
      lines: chunk.wantLines ? lines.map((line) => `${line}\n`).join('') : null,
    };
  }

  #begin(id: string, request: ImportRequest): Import {
    this.#imports.delete(id);
    const [oldest] = this.#imports.keys();
    if (this.#imports.size >= OPEN_MAX && oldest !== undefined) this.#imports.delete(oldest);
    const progress = this.#measurements.importProgress(id);
    // Written by #take.
    const stored = progress === null ? null : (JSON.parse(progress.state) as StoredState);
    const resolver = new LogResolver(this.#view, request.scope);
    const running: Import = {
      ...request,
      id,
      resolver,
      offset: progress?.offset ?? 0,
      checksum: stored?.checksum ?? 0,
      reader: this.#formats.createReader({
        format: request.format,
        resolver,
        capturedAt: this.#view.clock(),
        ...(stored === null ? {} : { state: stored.reader }),
      }),
    };
    this.#imports.set(id, running);
    return running;
  }

  #take(running: Import, bytes: Uint8Array, final: boolean): void {
    for (let rest = bytes; ;) {
      const { consumed, full } = running.reader.push(rest, final);
      const rows = running.reader.drain();
      running.offset += consumed;
      running.checksum = crc32(rest.subarray(0, consumed), running.checksum);
      if (running.again !== true) this.#count(running, rows);
      if (!full) return;
      rest = rest.subarray(consumed);
    }
  }

  #count(running: Import, logRows: readonly FlowLogRow[]): void {
    const rows = logRows.map((row) => this.#rowOf(running, row));
    const stored: StoredState = { checksum: running.checksum, reader: running.reader.state() };
    this.#measurements.addFlows(rows, {
      id: running.id,
      offset: running.offset,
      state: JSON.stringify(stored),
    });
    this.#addCalls(rows);
  }

  /** A call of the last day is a call of now, whichever way it became known. */
  #addCalls(rows: readonly FlowRow[]): void {
    const since = this.#view.clock() - CALLS_MS;
    for (const row of rows) if (row.lastAt >= since && isCall(row)) this.#view.calls.addRow(row);
  }

  #rowOf(running: Import, row: FlowLogRow): FlowRow {
    const client = this.#holderOf(
      running,
      { ip: row.clientIp, called: null, holder: row.client },
      row.firstAt,
    );
    const server = this.#holderOf(
      running,
      {
        ip: row.serverIp,
        called: { port: row.serverPort, protocol: row.protocol },
        holder: row.server,
      },
      row.firstAt,
    );
    const unknown = [client === '' ? 'client' : '', server === '' ? 'server' : ''];
    return {
      minute: row.minute,
      source: `${IMPORT_PREFIX}${running.id}`,
      protocol: row.protocol,
      clientScope: running.scope ?? '',
      clientIp: row.clientIp,
      client,
      serverScope: running.scope ?? '',
      serverIp: row.serverIp,
      serverPort: row.serverPort,
      server,
      verdict: row.verdict,
      connections: row.connections,
      bytes: row.bytes,
      firstAt: row.firstAt,
      lastAt: row.lastAt,
      unknown: unknown.filter((end) => end !== '').join(' '),
    };
  }

  /** An address of the node is whoever listens on the port there; other holders are who they are. */
  #holderOf(
    running: Import,
    end: { readonly ip: string; readonly called: Called | null; readonly holder: number },
    at: number,
  ): string {
    if (end.holder < 0) return '';
    const { facts } = this.#view.graph;
    const kind = facts.subjectKind(end.holder);
    if (kind === 'external') return facts.subjectId(end.holder) === INTERNET ? INTERNET : '';
    if (kind !== 'node') return facts.subjectId(end.holder);
    const located = this.#view.locator.find({
      ip: end.ip,
      port: end.called?.port ?? null,
      protocol: protocolOf(end.called),
      scope: running.scope,
      at,
    });
    if (located?.kind === 'holder' && facts.subjectKind(located.holder) === 'instance')
      return facts.subjectId(located.holder);
    return nodeHolder(facts.subjectId(end.holder));
  }

  #named(running: Import, line: FlowLogLine): string {
    const namer = new EndNamer(this.#view, line.at);
    return this.#formats.namedLine(line, (end) => this.#nameOf(running, namer, end, line));
  }

  #nameOf(running: Import, namer: EndNamer, end: FlowLogEnd, line: FlowLogLine): EndName {
    const called = end === line.server ? { port: end.port, protocol: line.protocol } : null;
    const holder = this.#holderOf(running, { ip: end.ip, called, holder: end.holder }, line.at);
    const attributed: AttributedEnd = { holder, scope: running.scope ?? '', ip: end.ip };
    const { kind, name, instance, reason } = namer.name(attributed, called, {
      from: line.at,
      until: line.at,
    });
    if (kind === 'unknown' || kind === 'ambiguous')
      return { kind: 'unknown', reason: kind === 'unknown' ? (reason ?? kind) : kind };
    return { kind: 'named', name, instance };
  }
}

function idOf({ format, scope }: ImportRequest, fingerprint: string): string {
  const text = JSON.stringify([fingerprint, format, scope]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function stateOf(running: Import): FlowImportState {
  const { lines, named, halfNamed, unnamed, malformed, problems, firstAt, lastAt } = running.reader.summary();
  return {
    id: running.id,
    offset: running.offset,
    checksum: running.checksum,
    lines,
    named,
    halfNamed,
    unnamed,
    malformed,
    problems: [...problems],
    firstAt,
    lastAt,
  };
}
