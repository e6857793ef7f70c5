import { request, type IncomingMessage } from 'node:http';
import { asContainersError, ContainersError, garbage } from './containers-error.ts';

/** Podman writes the whole archive before it answers: 5 GB at 50 MB/s take 100 s. */
const ANSWER_MS = 10 * 60_000;

/** A digest or an id, and nothing that could lead to another path. */
const IMAGE_ID = /^(?:sha256:)?[0-9a-f]{64}$/;

/**
 * The archive that an engine gives of one image (`GET /images/ID/get`): docker's, an OCI layout, or both
 * in one. Null: the engine does not have the image.
 * @throws ContainersError
 */
export async function exportImage(
  socketPath: string,
  id: string,
  signal: AbortSignal,
  silenceMs = ANSWER_MS,
): Promise<IncomingMessage | null> {
  if (!IMAGE_ID.test(id)) return null;
  // Without a version, which either engine answers as its own.
  const path = `/images/${id}/get`;
  const response = await ask(socketPath, path, signal);
  // One that falls silent in the middle of an image would be waited for as long as it lives.
  response.setTimeout(silenceMs, () => response.destroy(hanging(socketPath)));
  if (response.statusCode === 200) return response;
  const { statusCode = 0 } = response;
  const words = statusCode >= 500 ? await wordsOf(response) : null;
  response.destroy();
  if (statusCode === 404) return null;
  if (words === null) throw garbage(socketPath, `GET ${path} answered ${statusCode}`);
  throw new ContainersError(
    'failing',
    `the engine at ${socketPath} can't send the image (${words || statusCode})`,
  );
}

const WORDS_LENGTH_MAX = 500;

/**
 * Why, in the engine's own words: `{"message": "…"}`. Podman has an image shortly before its
 * manifest is written, at the end of a pull, and then says `locating item named "manifest"`.
 */
async function wordsOf(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const piece of response) {
      text += String(piece);
      if (text.length > 16 * WORDS_LENGTH_MAX) return '';
    }
    const answer: unknown = JSON.parse(text);
    const isTold = typeof answer === 'object' && answer !== null && 'message' in answer;
    const message = isTold ? String(answer.message) : '';
    return message.replace(/\p{Cc}+/gu, ' ').slice(0, WORDS_LENGTH_MAX);
  } catch {
    return '';
  }
}

function ask(socketPath: string, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, headers: { host: 'localhost' }, agent: false, signal });
    const timer = setTimeout(() => outgoing.destroy(hanging(socketPath)), ANSWER_MS);
    outgoing.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(signal.aborted ? signal.reason : asContainersError(error, socketPath));
    });
    outgoing.end();
  });
}

const hanging = (socketPath: string): ContainersError =>
  new ContainersError(
    'hanging',
    `the engine at ${socketPath} has sent nothing of an image for ${ANSWER_MS / 60_000} min`,
    { next: 'see whether `podman save` or `docker save` of it ends' },
  );
