import type { Instant } from '#model';
import { ContainersError } from './containers-error.ts';
import type { StreamLine } from './lines.ts';
import { parseEvent, type ContainerEvent, type EngineEvent } from './wire-event.ts';

/**
 * Podman's event log is replaced when it reaches 1 MB, and its stream then repeats the newer half:
 * 500 kB at no less than 150 bytes each.
 */
const REMEMBERED_MAX = 4096;

/** Reads event lines and leaves out what was heard before, on this connection or an earlier one. */
export class EventIntake {
  readonly #socketPath: string;
  readonly #heard = new Set<string>();
  #floor: Instant = Number.NEGATIVE_INFINITY;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** Events from before `floor` are history, which an earlier snapshot has told. */
  begin(floor: Instant): void {
    this.#floor = floor;
  }

  /** @throws ContainersError when a line is no event: what it said is lost. */
  read(lines: readonly StreamLine[]): readonly EngineEvent[] {
    return lines.flatMap((line): readonly EngineEvent[] => {
      const event = line.kind === 'line' ? parseEvent(line.text) : null;
      if (event === null) throw this.#unreadable(line);
      if (event.kind !== 'container') return [event];
      return event.at < this.#floor || this.#isRepeated(event) ? [] : [event];
    });
  }

  #isRepeated(event: ContainerEvent): boolean {
    const key = `${event.id.slice(0, 16)} ${event.action} ${event.at}`;
    if (this.#heard.has(key)) return true;
    this.#heard.add(key);
    if (this.#heard.size > REMEMBERED_MAX) {
      // A set that is not empty has a first value.
      this.#heard.delete(this.#heard.values().next().value as string);
    }
    return false;
  }

  #unreadable(line: StreamLine): ContainersError {
    const what = line.kind === 'line' ? 'no event' : 'longer than 1 MB';
    return new ContainersError('garbage', `a line of the event stream of ${this.#socketPath} is ${what}`, {
      next: 'everything is read again by itself',
    });
  }
}
