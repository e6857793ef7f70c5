import type { z } from 'zod';
import { ServerError } from './errors.ts';
import { firstIssue } from './parameters.ts';

/**
 * Reads JSON of the schema.
 *
 * @throws ServerError `invalid-input`, `too-large`
 */
export async function readJson<Value>(
  request: Request,
  schema: z.ZodType<Value>,
  bytesMax: number,
): Promise<Value> {
  const type = request.headers.get('content-type') ?? '';
  // A page of another origin can't send this type without asking first.
  if (!/^application\/json\b/i.test(type)) {
    throw new ServerError('invalid-input', 'the body must be JSON, with "Content-Type: application/json"');
  }
  const bytes = await readBytes(request, bytesMax);
  const parsed = schema.safeParse(parseJson(bytes));
  if (!parsed.success) throw new ServerError('invalid-input', `body: ${firstIssue(parsed.error)}`);
  return parsed.data;
}

/**
 * Reads at most `bytesMax` bytes.
 *
 * @throws ServerError `too-large` as soon as that is certain, without reading on
 */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  if (request.body === null) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body) {
    length += part.byteLength;
    if (length > bytesMax) throw tooLarge(bytesMax);
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}

function tooLarge(bytesMax: number): ServerError {
  return new ServerError('too-large', `the body has more than ${bytesMax / 1024 / 1024} MiB`, {
    next: 'send it in smaller parts',
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ServerError('invalid-input', 'the body is not JSON in UTF-8', { cause: error });
  }
}
