import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { ResponseError, ResponseReader } from './response-reader.ts';

const fixed = (status: number, body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 ${status} Some Reason\r\nContent-Length: ${body.length}\r\nX: y\r\n\r\n`),
    body,
  ]);

function chunked(status: number, body: Buffer, size: number): Buffer {
  const pieces: Buffer[] = [Buffer.from(`HTTP/1.1 ${status} OK\r\nTransfer-Encoding: chunked\r\n\r\n`)];
  for (let start = 0; start < body.length; start += size) {
    const piece = body.subarray(start, start + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\nTrailer: x\r\n\r\n')]);
}

describe('responses of one connection', () => {
  it('are the same in order, however they are framed and cut', () => {
    const response = fc.record({
      status: fc.integer({ min: 200, max: 599 }),
      body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      chunk: fc.option(fc.integer({ min: 1, max: 50 })),
    });
    fc.assert(
      fc.property(fc.array(response), fc.array(fc.integer({ min: 1, max: 60 })), (responses, cuts) => {
        const bytes = Buffer.concat(
          responses.map(({ status, body, chunk }) =>
            chunk === null ? fixed(status, body) : chunked(status, body, chunk),
          ),
        );
        const reader = new ResponseReader(1000);
        const got: unknown[] = [];
        let start = 0;
        for (const cut of [...cuts, bytes.length]) {
          const piece = bytes.subarray(start, start + cut);
          for (const { status, body } of reader.push(piece)) got.push([status, body.toString('hex')]);
          start += piece.length;
        }
        assert.deepEqual(
          got,
          responses.map(({ status, body }) => [status, body.toString('hex')]),
        );
      }),
    );
  });

  const refused: readonly (readonly [string, string, ResponseError['problem']])[] = [
    ['another protocol', '220 smtp.example ESMTP\r\n', 'no-http'],
    ['an answer of no known length', 'HTTP/1.1 200 OK\r\n\r\n<html>', 'no-http'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'no-http'],
    ['a length beyond what is allowed', 'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n', 'too-large'],
    ['a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 'no-http'],
    [
      'more chunks than are allowed',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n${'x'.repeat(2000)}\r\n`,
      'too-large',
    ],
    ['headers without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, 'no-http'],
  ];
  for (const [what, bytes, problem] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => new ResponseReader(1000).push(Buffer.from(bytes)),
        (error) => error instanceof ResponseError && error.problem === problem,
      );
    });
  }
});
