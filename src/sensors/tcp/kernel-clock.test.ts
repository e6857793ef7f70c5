import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KernelClock } from './kernel-clock.ts';

/** A machine whose clocks move by 1 µs with every look at them. */
class Machine {
  /** What the wall clock is ahead of the kernel's. */
  offsetMs = 1_795_000_000_000.25;
  nanoseconds = 5_000_000;

  readonly monotonic = (): number => {
    this.nanoseconds += 1_000;
    return this.nanoseconds;
  };

  /** Whole milliseconds, as `Date.now`. */
  readonly wall = (): number => {
    this.nanoseconds += 1_000;
    return Math.floor(this.nanoseconds / 1e6 + this.offsetMs);
  };

  trueInstant(nanoseconds: number): number {
    return nanoseconds / 1e6 + this.offsetMs;
  }
}

function assertExact(clock: KernelClock, machine: Machine): void {
  const error = clock.instant(machine.nanoseconds) - machine.trueInstant(machine.nanoseconds);
  assert.ok(Math.abs(error) < 0.06, `off by ${error} ms`);
}

describe("the kernel's time as Unix time", () => {
  it('is exact to a few microseconds, although the wall clock only counts milliseconds', () => {
    const machine = new Machine();
    const clock = new KernelClock(machine.wall, machine.monotonic);
    const error = clock.instant(0) - machine.trueInstant(0);
    assert.ok(Math.abs(error) < 0.005, `off by ${error} ms`);
  });

  it('keeps the order of two moments', () => {
    const machine = new Machine();
    const clock = new KernelClock(machine.wall, machine.monotonic);
    assert.ok(clock.instant(1_000_000) < clock.instant(1_001_000));
  });

  it('follows a clock that is set, forwards and back, at once', () => {
    const machine = new Machine();
    const clock = new KernelClock(machine.wall, machine.monotonic);
    for (const step of [3_600_000, -7_200_000, 5]) {
      machine.offsetMs += step;
      clock.refresh();
      assertExact(clock, machine);
    }
  });

  it('follows drift within 10 s, and not before, so that order is kept', () => {
    const machine = new Machine();
    const clock = new KernelClock(machine.wall, machine.monotonic);
    const before = clock.instant(0);
    machine.offsetMs += 0.4;
    machine.nanoseconds += 1e9;
    clock.refresh();
    assert.equal(clock.instant(0), before);
    machine.nanoseconds += 10e9;
    clock.refresh();
    assertExact(clock, machine);
  });

  it('does not hang on a clock that stands still', () => {
    const machine = new Machine();
    const clock = new KernelClock(() => 42, machine.monotonic);
    assert.ok(Number.isFinite(clock.instant(0)));
  });
});
