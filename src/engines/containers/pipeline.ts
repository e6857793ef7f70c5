import { connect, type Socket } from 'node:net';
import { ResponseReader, type HttpResponse } from './response-reader.ts';

interface Asked {
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One connection to a Unix socket, with requests sent before earlier ones are answered (RFC 9112,
 * section 9.3.2): ten thousand inspects cost a quarter of what they cost through node:http, where
 * each is a write, a wake-up and some twenty objects of its own.
 */
export class Pipeline {
  readonly #socket: Socket;
  readonly #reader: ResponseReader;
  readonly #asked: Asked[] = [];
  #failure: unknown = null;

  constructor(socketPath: string, bodyBytesMax: number) {
    this.#reader = new ResponseReader(bodyBytesMax);
    this.#socket = connect(socketPath);
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error) => this.fail(error));
    this.#socket.on('close', () => this.fail(new Error('the connection was closed')));
  }

  /** Requests that wait for an answer. */
  get waiting(): number {
    return this.#asked.length;
  }

  /** Whether it can be used no more. */
  get closed(): boolean {
    return this.#failure !== null;
  }

  get(path: string): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#asked.push({ resolve, reject });
      // Whatever else is asked in this tick goes out in the same write.
      if (this.#socket.writableCorked === 0) {
        this.#socket.cork();
        process.nextTick(() => this.#socket.uncork());
      }
      this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\r\n`);
    });
  }

  /** Ends it; everyone who waits gets the error. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.#socket.destroy();
    for (const { reject } of this.#asked.splice(0)) reject(this.#failure);
  }

  #read(chunk: Buffer): void {
    try {
      for (const response of this.#reader.push(chunk)) this.#asked.shift()?.resolve(response);
    } catch (error) {
      this.fail(error);
    }
  }
}
