import { request, type ClientRequest } from 'node:http';
import type { ChangeAnswer } from '#model';

/** Follows the event stream of a control plane, and remembers when each instance was seen first and ended. */
export class ChangesSeen {
  /** By subject id, milliseconds since 1970. */
  readonly started = new Map<string, number>();
  readonly ended = new Map<string, number>();
  readonly #request: ClientRequest;
  #rest = '';

  constructor(socketPath: string) {
    // From the beginning: what was recorded before this request arrived comes first.
    const headers = { 'last-event-id': '0:0', accept: 'text/event-stream' };
    this.#request = request({ socketPath, path: '/api/v1/events', headers, agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => this.#take(text));
      response.on('error', () => undefined);
    });
    this.#request.on('error', () => undefined);
    this.#request.end();
  }

  stop(): void {
    this.#request.destroy();
  }

  #take(text: string): void {
    const now = Date.now();
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: {"stream"')) continue;
      // What the event stream sends under this name.
      const { what, subject } = JSON.parse(line.slice('data: '.length)) as ChangeAnswer;
      if (subject.kind !== 'instance') continue;
      if (what === 'assert' && !this.started.has(subject.id)) this.started.set(subject.id, now);
      if (what === 'end') this.ended.set(subject.id, now);
    }
  }
}
