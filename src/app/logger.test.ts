import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonLogger } from './logger.ts';

describe('the log', () => {
  it('shows an error with its stack and its cause, in one line', () => {
    const lines: string[] = [];
    const error = new Error('could not answer', { cause: new Error('the disk failed') });
    jsonLogger((line) => lines.push(line)).error('a request failed inside', { id: 'one', error });
    const [line = '', ...others] = lines;
    assert.equal(others.length, 0);
    assert.equal(line.indexOf('\n'), line.length - 1);
    const entry = JSON.parse(line) as Readonly<Record<string, string>>;
    assert.deepEqual(
      [entry['level'], entry['message'], entry['id']],
      ['error', 'a request failed inside', 'one'],
    );
    assert.match(entry['error'] ?? '', /could not answer[^]*logger\.test\.ts[^]*the disk failed/);
  });
});
