/** Status line and headers of an engine take some hundred bytes. */
const HEAD_BYTES_MAX = 64 * 1024;

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
}

/** What was read is no HTTP/1.1, or more than is allowed. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
  readonly problem: 'no-http' | 'too-large';

  constructor(problem: 'no-http' | 'too-large', message: string) {
    super(message);
    this.problem = problem;
  }
}

type Step =
  | { readonly kind: 'head' }
  | { readonly kind: 'fixed'; readonly left: number }
  | { readonly kind: 'chunk-size' }
  | { readonly kind: 'chunk'; readonly left: number }
  | { readonly kind: 'chunk-end' }
  | { readonly kind: 'trailer' };

/**
 * Reads the responses of one connection, in order: HTTP/1.1 (RFC 9112) with a length or in chunks,
 * which is how engines answer. A body that only ends with its connection is refused, for nobody
 * could tell a whole one from half of one.
 */
export class ResponseReader {
  readonly #bodyBytesMax: number;
  #waiting: Buffer = Buffer.alloc(0);
  #step: Step = { kind: 'head' };
  #status = 0;
  #parts: Buffer[] = [];
  #bodyBytes = 0;

  constructor(bodyBytesMax: number) {
    this.#bodyBytesMax = bodyBytesMax;
  }

  /**
   * The responses that this chunk completes.
   * @throws ResponseError after which the connection is good for nothing
   */
  push(chunk: Buffer): readonly HttpResponse[] {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    const done: HttpResponse[] = [];
    while (this.#advance(done)) continue;
    return done;
  }

  /** Whether anything was taken from what waits. */
  #advance(done: HttpResponse[]): boolean {
    const step = this.#step;
    if (step.kind === 'head') return this.#head(done);
    if (step.kind === 'fixed') return this.#take(step.left, (left) => this.#fixed(left, done));
    if (step.kind === 'chunk') return this.#take(step.left, (left) => this.#chunk(left));
    if (step.kind === 'chunk-size') return this.#line((line) => this.#chunkSize(line));
    if (step.kind === 'chunk-end') return this.#line(() => (this.#step = { kind: 'chunk-size' }));
    return this.#line((line) => line === '' && this.#finish(done));
  }

  #head(done: HttpResponse[]): boolean {
    const end = this.#waiting.indexOf(HEAD_END);
    if (end === -1) {
      const start = this.#waiting.toString('latin1', 0, 5);
      if (!'HTTP/'.startsWith(start)) throw new ResponseError('no-http', 'that is no HTTP');
      if (this.#waiting.length > HEAD_BYTES_MAX) throw new ResponseError('no-http', 'its headers never end');
      return false;
    }
    const head = this.#waiting.toString('latin1', 0, end);
    this.#waiting = this.#waiting.subarray(end + HEAD_END.length);
    const status = /^HTTP\/1\.[01] (\d{3})[^\r\n]*(?:\r\n|$)/.exec(head)?.[1];
    if (status === undefined) throw new ResponseError('no-http', 'that is no HTTP');
    this.#status = Number(status);
    if (/^transfer-encoding:[^\r\n]*chunked/im.test(head)) {
      this.#step = { kind: 'chunk-size' };
      return true;
    }
    const length = /^content-length:[ \t]*(\d+)[ \t]*$/im.exec(head)?.[1];
    if (length === undefined) throw new ResponseError('no-http', 'its answer has no length');
    if (Number(length) > this.#bodyBytesMax) throw tooLarge();
    this.#fixed(Number(length), done);
    return true;
  }

  #fixed(left: number, done: HttpResponse[]): void {
    if (left === 0) this.#finish(done);
    else this.#step = { kind: 'fixed', left };
  }

  #chunk(left: number): void {
    this.#step = left === 0 ? { kind: 'chunk-end' } : { kind: 'chunk', left };
  }

  #chunkSize(line: string): void {
    const digits = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (digits === undefined) throw new ResponseError('no-http', 'its chunks have no size');
    const left = Number.parseInt(digits, 16);
    this.#step = left === 0 ? { kind: 'trailer' } : { kind: 'chunk', left };
  }

  #take(left: number, then: (left: number) => void): boolean {
    if (this.#waiting.length === 0) return false;
    const piece = this.#waiting.subarray(0, left);
    this.#waiting = this.#waiting.subarray(piece.length);
    this.#grow(piece.length);
    this.#parts.push(piece);
    then(left - piece.length);
    return true;
  }

  #line(then: (line: string) => unknown): boolean {
    const end = this.#waiting.indexOf(LINE_END);
    if (end === -1) {
      if (this.#waiting.length > HEAD_BYTES_MAX)
        throw new ResponseError('no-http', 'its chunks have no size');
      return false;
    }
    const line = this.#waiting.toString('latin1', 0, end);
    this.#waiting = this.#waiting.subarray(end + LINE_END.length);
    then(line);
    return true;
  }

  #grow(bytes: number): void {
    this.#bodyBytes += bytes;
    if (this.#bodyBytes > this.#bodyBytesMax) throw tooLarge();
  }

  #finish(done: HttpResponse[]): void {
    const [only] = this.#parts;
    const body = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts);
    done.push({ status: this.#status, body });
    this.#parts = [];
    this.#bodyBytes = 0;
    this.#step = { kind: 'head' };
  }
}

const tooLarge = (): ResponseError => new ResponseError('too-large', 'its answer is too large');
