import { formatIpv4, hostScope, type Scope } from '#model';
import { AMBIGUOUS, NO_HOLDER } from '#graph';
import type { AddressQuestions, AddressResolver } from '#sensors';
import type { View } from './answers/view.ts';

/** Externals that are remembered by address; a log of the internet's scanners has millions. */
const EXTERNALS_MAX = 100_000;

/** Names the addresses of a log in its scope; without one as this node sees them. Holders are subject numbers. */
export class LogResolver implements AddressResolver {
  readonly #view: View;
  readonly #scope: Scope | null;
  readonly #scopes: readonly Scope[];
  /** IPv4 by number, IPv6 by text: a text made only to look for it costs more than the look. */
  readonly #externals = new Map<number | string, number>();
  /** Of the graph that the externals were numbered in. */
  #epoch = -1;

  constructor(view: View, scope: Scope | null) {
    this.#view = view;
    this.#scope = scope;
    this.#scopes = view.locator.scopesOf({ ip: '0.0.0.0', port: null, protocol: null, scope, at: 0 });
  }

  resolveEach4(questions: AddressQuestions, holders: Int32Array, count: number): void {
    const { addresses } = this.#view.graph;
    holders.fill(NO_HOLDER, 0, count);
    const found = this.#scopes.length === 1 ? holders : new Int32Array(count);
    for (const scope of this.#scopes) {
      if (!addresses.holdersDuring4(scope, questions, found, count)) continue;
      if (found !== holders) merge(found, holders, count);
    }
    for (let index = 0; index < count; index++) {
      if (holders[index] === NO_HOLDER) holders[index] = this.#external(questions.ipv4[index] ?? 0);
    }
  }

  resolve6(ip: string, from: number, to: number): number {
    let holder = NO_HOLDER;
    for (const scope of this.#scopes) {
      const found = this.#view.graph.addresses.holderDuring(scope, ip, from, to);
      holder = holder === NO_HOLDER || holder === found ? found : found === NO_HOLDER ? holder : AMBIGUOUS;
    }
    return holder === NO_HOLDER ? this.#external(ip) : holder;
  }

  listens(ip: number | string, port: number, protocol: number): boolean {
    const name = protocol === UDP ? 'udp' : 'tcp';
    const { addresses } = this.#view.graph;
    const text = textOf(ip);
    const scopes = [...this.#scopes, hostScope(this.#view.node)];
    return scopes.some((scope) => addresses.keyOf(scope, text, port, name) >= 0);
  }

  #external(ip: number | string): number {
    const { graph } = this.#view;
    if (this.#epoch !== graph.derivationEpoch || this.#externals.size >= EXTERNALS_MAX)
      this.#externals.clear();
    this.#epoch = graph.derivationEpoch;
    const known = this.#externals.get(ip);
    if (known !== undefined) return known;
    const match = this.#view.names.external(textOf(ip), null, this.#scope);
    const holder = match === null ? NO_HOLDER : graph.facts.internSubject('external', match.name);
    this.#externals.set(ip, holder);
    return holder;
  }
}

/** Internet Assigned Numbers Authority, protocol numbers. */
const UDP = 17;

const textOf = (ip: number | string): string => (typeof ip === 'number' ? formatIpv4(ip) : ip);

/** Two scopes of the node that name different holders leave it ambiguous. */
function merge(found: Int32Array, holders: Int32Array, count: number): void {
  for (let index = 0; index < count; index++) {
    const holder = found[index] ?? NO_HOLDER;
    if (holder === NO_HOLDER || holder === holders[index]) continue;
    holders[index] = holders[index] === NO_HOLDER ? holder : AMBIGUOUS;
  }
}
