import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parseProcessStat } from './process-stat.ts';

const rest = (flags: number): string =>
  `S 7 8 8 0 -1 ${flags} 101 0 0 0 0 0 0 0 20 0 1 0 108586 3133440 380 18446744073709551615 1 1\n`;

describe('a line of /proc/PID/stat', () => {
  for (const command of ['nginx', 'a) b (c', ') S 1 (', '(((', 'sh -c "x"', '', 'é\u0000\n']) {
    it(`is read past the command ${JSON.stringify(command)}`, () => {
      assert.deepEqual(parseProcessStat(`42 (${command}) ${rest(0x400040)}`), {
        pid: 42,
        command,
        state: 'S',
        parentPid: 7,
        forkedOnly: true,
        kernelThread: false,
        startTicks: 108586,
      });
    });
  }

  it('tells who was executed and who is of the kernel', () => {
    assert.equal(parseProcessStat(`2 (x) ${rest(0x400000)}`)?.forkedOnly, false);
    assert.equal(parseProcessStat(`2 (kthreadd) ${rest(0x208040)}`)?.kernelThread, true);
  });

  it('is refused when it is cut or something else', () => {
    const whole = `42 (nginx) ${rest(0)}`;
    for (const text of [
      '',
      '42',
      '42 (nginx',
      whole.slice(0, 40),
      'no stat line (at) all',
      `x (y) ${rest(0)}`,
    ]) {
      assert.equal(parseProcessStat(text), null, text);
    }
  });
});
