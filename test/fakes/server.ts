import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Questions } from '#loops/adopt';
import type { PatchQuestions } from '#loops/patch';
import type { ErrorAnswer } from '#model';
import { createServer } from '#server';
import type { ServerOptions } from '#server';
import { fakePatch } from './patch.ts';
import { fakeChanges, fakeImports, fakeQuestions } from './questions.ts';
import { NOW } from './shop-answers.ts';

export const TOKEN = 'a-token-of-at-least-thirty-two-characters';

export interface StartOptions {
  readonly questions?: Partial<Questions>;
  readonly patch?: Partial<PatchQuestions>;
  readonly server?: Partial<ServerOptions>;
}

/** A real server over the fake shop, on a socket in a directory of its own and on a free port. */
export async function startServer(options: StartOptions = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'sheer-server-'));
  const questions = fakeQuestions(options.questions);
  const patch = fakePatch(options.patch);
  const [imports, changes] = [fakeImports(), fakeChanges()];
  const logged: [string, Readonly<Record<string, unknown>> | undefined][] = [];
  const clock = { now: NOW };
  const server = createServer({
    questions,
    imports,
    patch,
    changes,
    token: TOKEN,
    version: '0.1.0',
    owner: 'ada',
    clock: () => clock.now,
    logger: {
      info: (message, fields) => void logged.push([message, fields]),
      error: (message, fields) => void logged.push([message, fields]),
    },
    newId: randomUUID,
    shutdown: () => undefined,
    ...options.server,
  });
  const listening = await server.listen({ socketPath: join(directory, 'sheer.sock'), port: 0 });
  // Both were asked for.
  const [socketPath, port] = [listening.socketPath!, listening.port!];
  async function stop(): Promise<void> {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  }
  return { directory, questions, patch, imports, changes, logged, clock, server, socketPath, port, stop };
}

export type StartedServer = Awaited<ReturnType<typeof startServer>>;

export interface Sent {
  readonly socketPath?: string;
  readonly port?: number;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Null for other media types. */
  readonly json: unknown;
  /** What went wrong, where something did. */
  readonly error: ErrorAnswer['error'] | null;
}

/** One request as it is: `fetch` would set Host and refuse to set Origin. */
export function send(sent: Sent): Promise<Received> {
  const { path, method = 'GET', headers = {}, body } = sent;
  const where =
    sent.socketPath === undefined ? { host: '127.0.0.1', port: sent.port } : { socketPath: sent.socketPath };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...where, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const isJson = response.headers['content-type'] === 'application/json';
        const json: unknown = isJson ? JSON.parse(text) : null;
        const error = (json as Partial<ErrorAnswer> | null)?.error ?? null;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json, error });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
