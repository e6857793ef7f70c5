import type { AddressQuestions, AddressResolver } from './address-resolver.ts';

/** 2 ** (32 - 21) places: four times as many as a batch has ends. */
const PLACE_SHIFT = 21;

/**
 * What a batch asks of the resolver, each question once: the records of both directions of a connection
 * ask the same two, and a busy server's address is asked for by every line of its second.
 */
export class EndQuestions implements AddressQuestions {
  readonly ipv4: Uint32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly #holders: Int32Array;
  #count = 0;
  /** By address the number of the last question about it; what an earlier batch left says nothing. */
  readonly #places = new Uint16Array(2 ** (32 - PLACE_SHIFT));

  constructor(capacity: number) {
    this.ipv4 = new Uint32Array(capacity);
    this.from = new Float64Array(capacity);
    this.to = new Float64Array(capacity);
    this.#holders = new Int32Array(capacity);
  }

  /** The number of the question. */
  ask(ipv4: number, from: number, to: number): number {
    const place = Math.imul(ipv4, 0x9e3779b1) >>> PLACE_SHIFT;
    const known = this.#places[place] as number; // the hash has no more bits than there are places
    const isKnown =
      known < this.#count && this.ipv4[known] === ipv4 && this.from[known] === from && this.to[known] === to;
    if (isKnown) return known;
    const question = this.#count;
    this.ipv4[question] = ipv4;
    this.from[question] = from;
    this.to[question] = to;
    this.#places[place] = question;
    this.#count = question + 1;
    return question;
  }

  /** Answers all of them; the next one that is asked is the first of another batch. */
  resolve(resolver: AddressResolver): void {
    resolver.resolveEach4(this, this.#holders, this.#count);
    this.#count = 0;
  }

  /** The answer to a question of the batch that was resolved last. */
  holder(question: number): number {
    return this.#holders[question] as number; // it was asked
  }
}
