import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '#model';
import type { SessionParts } from './session.ts';
import type { ContainerDetails } from './wire.ts';
import type { EngineEvent } from './wire-event.ts';

/** Inspects under way: eight on each connection of the client. */
const CONCURRENCY = 64;

/** Podman's stream repeats what was missed within one look at its log. */
const REPEATS_WITHIN_MS = 400;

/**
 * Reports everything that runs and every image. Containers that ran when the connection was lost
 * and do not run now are ended at the time that the engine gives; where it gives none, the
 * snapshot, which does not show them, says that they are gone.
 */
export async function reportSnapshot(
  parts: Pick<SessionParts, 'api' | 'tracker' | 'images' | 'queue'>,
  at: Instant,
  events: readonly EngineEvent[],
): Promise<void> {
  const { api, tracker, images, queue } = parts;
  const imagesRead = images.all(at);
  // Awaited below; a failure of both must not leave one unhandled.
  imagesRead.catch(() => {});
  const containers = await api.containers();
  const alive = new Set(containers.filter((container) => container.alive).map(({ id }) => id));
  const vanished = tracker.running.filter((id) => !alive.has(id));
  const pending = [...alive];
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
        const details = await api.container(id);
        if (details !== null) tracker.adopt(details);
        await queue.room();
      }
    }),
  );
  if (vanished.length > 0) await endVanished(parts, vanished, events);
  queue.push(await imagesRead);
}

async function endVanished(
  { api, tracker }: Pick<SessionParts, 'api' | 'tracker'>,
  ids: readonly string[],
  events: readonly EngineEvent[],
): Promise<void> {
  await delay(REPEATS_WITHIN_MS);
  for (const id of ids) {
    const since = tracker.runningSince(id) ?? 0;
    const endedAt = endOf(events, id, since) ?? finishedAt(await api.container(id), since);
    if (endedAt === null) tracker.drop(id);
    else tracker.end(id, endedAt);
  }
}

function endOf(events: readonly EngineEvent[], id: string, since: Instant): Instant | null {
  for (const event of events) {
    if (event.kind !== 'container' || event.id !== id || event.at < since) continue;
    if (event.action === 'die' || event.action === 'remove') return event.at;
  }
  return null;
}

function finishedAt(details: ContainerDetails | null, since: Instant): Instant | null {
  const at = details?.finishedAt ?? null;
  return at === null || at < since ? null : at;
}
