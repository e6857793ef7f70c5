import type { SocketOwner } from '#proc';

import type { LookTimes } from './host.ts';
import type { ProcessInstances } from './process-instances.ts';

/** A connection whose owner was not found in so many looks is given up: who has it can't be seen. */
const ATTEMPTS_MAX = 32;

interface Connection {
  lastLook: number;
  attempts: number;
  settled: boolean;
}

/**
 * Connections that processes have opened, by socket inode: whoever has one is an instance. Those
 * that no flow sensor saw being opened, because they are older, are found this way.
 */
export interface OutgoingSockets {
  /** A row of the tables. Cheap for one that is known. */
  seen(inode: number, look: LookTimes): void;
  review(look: LookTimes): ReadonlySet<number>;
  resolve(found: ReadonlyMap<number, SocketOwner>): void;
}

export function createOutgoingSockets(instances: ProcessInstances): OutgoingSockets {
  const connections = new Map<number, Connection>();
  return {
    seen: (inode, look) => {
      const known = connections.get(inode);
      if (known === undefined) connections.set(inode, { lastLook: look.number, attempts: 0, settled: false });
      else known.lastLook = look.number;
    },
    review: (look) => {
      const searched = new Set<number>();
      for (const [inode, connection] of connections) {
        if (connection.lastLook !== look.number) connections.delete(inode);
        else if (!connection.settled && connection.attempts < ATTEMPTS_MAX) searched.add(inode);
      }
      return searched;
    },
    resolve: (found) => {
      for (const [inode, connection] of connections) {
        if (connection.settled) continue;
        connection.attempts += 1;
        const owner = found.get(inode);
        connection.settled = owner !== undefined && instances.answerFor(owner.pid) !== null;
      }
    },
  };
}
