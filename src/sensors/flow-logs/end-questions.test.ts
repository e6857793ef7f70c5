import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { AddressResolver } from './address-resolver.ts';
import { EndQuestions } from './end-questions.ts';

const CAPACITY = 512;

/** Answers with a number that is the question's alone, and notes how many were asked. */
function answering(asked: number[]): AddressResolver {
  return {
    resolveEach4({ ipv4, from, to }, holders, count) {
      asked.push(count);
      for (let index = 0; index < count; index += 1) {
        holders[index] = answerTo(ipv4[index] ?? 0, from[index] ?? 0, to[index] ?? 0);
      }
    },
    resolve6: () => -1,
  };
}

const answerTo = (ipv4: number, from: number, to: number): number => (ipv4 * 31 + from * 7 + to) | 0;

describe('questions of a batch', () => {
  it('asks the same thing once, and another time or address anew', () => {
    const asked: number[] = [];
    const questions = new EndQuestions(CAPACITY);
    const ends = [
      [1, 10, 19],
      [2, 10, 19],
      [2, 10, 19],
      [1, 10, 19],
      [1, 11, 19],
      [1, 11, 20],
    ] as const;
    const numbers = ends.map(([ipv4, from, to]) => questions.ask(ipv4, from, to));
    questions.resolve(answering(asked));
    assert.deepEqual(asked, [4]);
    assert.deepEqual(
      numbers.map((number) => questions.holder(number)),
      ends.map(([ipv4, from, to]) => answerTo(ipv4, from, to)),
    );
  });

  it('answers each rightly where their places collide, batch after batch', () => {
    const questions = new EndQuestions(CAPACITY);
    for (let batch = 0; batch < 20; batch += 1) {
      const ends = Array.from(
        { length: CAPACITY },
        (_, index) => 0xffff_fff0 - ((index * 7919 * batch) % 999),
      );
      const numbers = ends.map((ipv4) => questions.ask(ipv4, 1, 2));
      questions.resolve(answering([]));
      assert.deepEqual(
        numbers.map((number) => questions.holder(number)),
        ends.map((ipv4) => answerTo(ipv4, 1, 2)),
      );
    }
  });
});
