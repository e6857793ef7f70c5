/** A connection that was counted once, as long as it stays. */
interface Entry {
  inode: number;
  lastLook: number;
}

/**
 * Which connections have been counted, by their four addresses and the socket's inode: a look must
 * not count them again, and the same addresses may serve a new connection later.
 */
export class ConnectionBook {
  private readonly entries = new Map<string, Entry>();

  /** True when this is a connection that was not there at the last look. */
  isNew(key: string, inode: number, look: number): boolean {
    const entry = this.entries.get(key);
    if (entry === undefined) {
      this.entries.set(key, { inode, lastLook: look });
      return true;
    }
    // A connection has no inode while it waits to be accepted, and none when it is being closed.
    const another = inode !== 0 && entry.inode !== 0 && inode !== entry.inode;
    if (inode !== 0) entry.inode = inode;
    entry.lastLook = look;
    return another;
  }

  /** Drops those that the look did not see. */
  forget(look: number): void {
    for (const [key, entry] of this.entries) if (entry.lastLook !== look) this.entries.delete(key);
  }
}
