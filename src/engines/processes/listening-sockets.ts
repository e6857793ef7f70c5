import { addressId } from '#model';
import type { AddressData, Instant, Observation } from '#model';
import { holdsSocket, instantOfTicks } from '#proc';
import type { SocketOwner } from '#proc';

import { AddressHolds } from './address-holds.ts';
import type { Host, LookTimes } from './host.ts';
import { listeningAddress } from './listening-address.ts';
import type { ListeningRow } from './listening-address.ts';
import type { ProcessInstances } from './process-instances.ts';
import { outermostOwner } from './socket-master.ts';

/** The tables are read in pieces, so a row may be missing once although the socket is there. */
const MISSING_MAX = 2;
/** A socket without a visible owner is searched for at ever fewer looks, at least at each 64th. */
const PATIENCE_MAX = 64;

interface Listener {
  readonly row: ListeningRow;
  lastLook: number;
  missing: number;
  owner: SocketOwner | null;
  /** The present owner did not have it before this. */
  since: Instant;
  address: { readonly id: string; readonly data: AddressData } | null;
  attempts: number;
  nextAttempt: number;
}

/** Turns listening sockets into addresses that instances hold. */
export class ListeningSockets {
  private readonly host: Host;
  private readonly instances: ProcessInstances;
  private readonly holds: AddressHolds;
  private readonly listeners = new Map<number, Listener>();

  constructor(host: Host, instances: ProcessInstances, report: (observation: Observation) => void) {
    this.host = host;
    this.instances = instances;
    this.holds = new AddressHolds(report);
  }

  /** A row of the tables; `describe` is asked for it only when it is new. */
  seen(inode: number, look: LookTimes, describe: () => ListeningRow): void {
    const known = this.listeners.get(inode);
    if (known !== undefined) {
      known.lastLook = look.number;
      return;
    }
    this.listeners.set(inode, {
      row: describe(),
      lastLook: look.number,
      missing: 0,
      owner: null,
      since: look.before,
      address: null,
      attempts: 0,
      nextAttempt: look.number,
    });
  }

  /** After the tables: reports what ended, and says which sockets have no known owner. */
  review(look: LookTimes): ReadonlySet<number> {
    const searched = new Set<number>();
    for (const [inode, listener] of this.listeners) {
      listener.missing = listener.lastLook === look.number ? 0 : listener.missing + 1;
      const lost = listener.owner !== null && !holdsSocket(this.host.files, listener.owner, inode);
      if (lost) {
        listener.owner = null;
        listener.since = look.before;
        listener.nextAttempt = look.number;
      }
      if (this.isOver(listener)) this.close(inode, listener, look);
      else if (listener.owner !== null && listener.address === null) this.settle(listener, listener.owner);
      else if (listener.owner === null && listener.nextAttempt <= look.number) searched.add(inode);
    }
    return searched;
  }

  /** After the search among open files: reports the addresses of those that were found. */
  resolve(found: ReadonlyMap<number, SocketOwner>, look: LookTimes): void {
    for (const [inode, listener] of this.listeners) {
      if (listener.owner !== null) continue;
      const owner = found.get(inode);
      if (owner !== undefined) {
        listener.attempts = 0;
        this.settle(listener, owner);
      } else if (listener.nextAttempt <= look.number) {
        listener.attempts += 1;
        listener.nextAttempt = look.number + Math.min(2 ** listener.attempts, PATIENCE_MAX);
      }
    }
  }

  /** How many have no owner that can be seen. */
  get unowned(): number {
    let count = 0;
    for (const { owner } of this.listeners.values()) if (owner === null) count += 1;
    return count;
  }

  private isOver({ missing, owner }: Listener): boolean {
    return missing >= MISSING_MAX || (missing > 0 && owner === null);
  }

  private close(inode: number, { address }: Listener, look: LookTimes): void {
    this.listeners.delete(inode);
    if (address !== null) this.holds.remove(address.id, look.before, this.host.clock());
  }

  private settle(listener: Listener, owner: SocketOwner): void {
    const top = outermostOwner(this.host.files, owner, listener.row.inode);
    listener.owner = top.owner;
    const instanceId = this.instances.answerFor(top.owner.pid);
    // In a container that its engine may be about to report: asked again at the next look.
    if (instanceId === null) return;
    const data = listeningAddress(this.host, listener.row, instanceId);
    const before = listener.address;
    if (before?.id === addressId(data)) return;
    listener.address = { id: addressId(data), data };
    const validFrom = Math.max(listener.since, instantOfTicks(this.host.boot, top.startTicks));
    this.holds.add(listener.address, validFrom);
    if (before !== null) this.holds.remove(before.id, listener.since, this.host.clock());
  }
}
