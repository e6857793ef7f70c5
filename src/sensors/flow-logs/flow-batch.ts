import type { FlowVerdict, Instant } from '#model';

import type { AddressResolver } from './address-resolver.ts';
import {
  CLIENT_IS_IPV6,
  SERVER_IS_IPV6,
  callWord,
  ipOf,
  portOf,
  protocolOf,
  verdictOf,
} from './call-word.ts';
import { EndQuestions } from './end-questions.ts';
import type { FlowLine, LineEnd } from './flow-line.ts';

/** Lines per batch: enough to look many addresses up in step, few enough for the first-level cache. */
export const BATCH = 256;
/** In place of a question's number: these are asked one by one. */
const OF_IPV6 = -1;

/** One line with what the resolver said of its ends. */
export interface FlowLogLine {
  /** Line number in the file, from 1. */
  readonly line: number;
  readonly at: Instant;
  readonly protocol: string;
  readonly client: FlowLogEnd;
  readonly server: FlowLogEnd;
  readonly verdict: FlowVerdict;
  readonly connections: number;
  /** Null: not measured. */
  readonly bytes: number | null;
}

export interface FlowLogEnd {
  readonly ip: string;
  readonly port: number;
  /** The resolver's number: a holder, or a negative code. */
  readonly holder: number;
}

/** Lines as columns, between being read and being added up. */
export class FlowBatch {
  count = 0;
  readonly from = new Float64Array(BATCH);
  readonly to = new Float64Array(BATCH);
  readonly client4 = new Uint32Array(BATCH);
  readonly server4 = new Uint32Array(BATCH);
  readonly clientPort = new Uint16Array(BATCH);
  readonly clientHolder = new Int32Array(BATCH);
  readonly serverHolder = new Int32Array(BATCH);
  /** Port, protocol, verdict, and which end is IPv6. */
  readonly call = new Uint32Array(BATCH);
  readonly connections = new Uint8Array(BATCH);
  readonly bytes = new Float64Array(BATCH);
  readonly line = new Float64Array(BATCH);
  readonly #questions = new EndQuestions(2 * BATCH);
  readonly #clientQuestion = new Int16Array(BATCH);
  readonly #serverQuestion = new Int16Array(BATCH);
  /** Canonical text → number, for as long as the table holds rows with it. */
  readonly #ipv6Numbers = new Map<string, number>();
  readonly #ipv6Texts: string[] = [];

  append(line: FlowLine, lineNumber: number): void {
    const index = this.count;
    const { client, server } = line;
    let call = callWord(server.port, line.protocol, line.verdict);
    if (client.ipv6 !== '') call |= CLIENT_IS_IPV6;
    if (server.ipv6 !== '') call |= SERVER_IS_IPV6;
    this.from[index] = line.from;
    this.to[index] = line.to;
    this.client4[index] = this.#wordOf(client);
    this.server4[index] = this.#wordOf(server);
    this.#clientQuestion[index] = this.#ask(client, line);
    this.#serverQuestion[index] = this.#ask(server, line);
    this.clientPort[index] = client.port;
    this.call[index] = call;
    this.connections[index] = line.connections;
    this.bytes[index] = line.bytes;
    this.line[index] = lineNumber;
    this.count = index + 1;
  }

  /** Finds out who held both ends of every line. */
  resolve(resolver: AddressResolver): void {
    const questions = this.#questions;
    questions.resolve(resolver);
    for (let index = 0; index < this.count; index += 1) {
      const client = this.#clientQuestion[index] as number; // within the batch
      const server = this.#serverQuestion[index] as number;
      this.clientHolder[index] =
        client === OF_IPV6 ? this.#resolve6(resolver, this.client4, index) : questions.holder(client);
      this.serverHolder[index] =
        server === OF_IPV6 ? this.#resolve6(resolver, this.server4, index) : questions.holder(server);
    }
  }

  ipv6Text(number: number): string {
    return this.#ipv6Texts[number] ?? '';
  }

  /** Once no row refers to them. */
  forgetIpv6(): void {
    this.#ipv6Numbers.clear();
    this.#ipv6Texts.length = 0;
  }

  describe(index: number): FlowLogLine {
    const call = this.call[index] ?? 0;
    const bytes = this.bytes[index] ?? -1;
    const ipv6 = (number: number): string => this.ipv6Text(number);
    return {
      line: this.line[index] ?? 0,
      at: this.from[index] ?? 0,
      protocol: protocolOf(call),
      client: {
        ip: ipOf(call & CLIENT_IS_IPV6, this.client4[index] ?? 0, ipv6),
        port: this.clientPort[index] ?? 0,
        holder: this.clientHolder[index] ?? -1,
      },
      server: {
        ip: ipOf(call & SERVER_IS_IPV6, this.server4[index] ?? 0, ipv6),
        port: portOf(call),
        holder: this.serverHolder[index] ?? -1,
      },
      verdict: verdictOf(call),
      connections: this.connections[index] ?? 0,
      bytes: bytes < 0 ? null : bytes,
    };
  }

  #wordOf(end: LineEnd): number {
    if (end.ipv6 === '') return end.ipv4;
    const known = this.#ipv6Numbers.get(end.ipv6);
    if (known !== undefined) return known;
    this.#ipv6Numbers.set(end.ipv6, this.#ipv6Texts.length);
    return this.#ipv6Texts.push(end.ipv6) - 1;
  }

  #ask(end: LineEnd, line: FlowLine): number {
    return end.ipv6 === '' ? this.#questions.ask(end.ipv4, line.from, line.to) : OF_IPV6;
  }

  #resolve6(resolver: AddressResolver, words: Uint32Array, index: number): number {
    const text = this.ipv6Text(words[index] ?? 0);
    return resolver.resolve6(text, this.from[index] ?? 0, this.to[index] ?? 0);
  }
}
