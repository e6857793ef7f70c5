import type { AddressData, Instant, Observation } from '#model';

/** Several sockets can stand for one address (SO_REUSEPORT): it is held until the last one is gone. */
export class AddressHolds {
  private readonly report: (observation: Observation) => void;
  private readonly counts = new Map<string, number>();

  constructor(report: (observation: Observation) => void) {
    this.report = report;
  }

  add({ id, data }: { readonly id: string; readonly data: AddressData }, validFrom: Instant): void {
    const count = this.counts.get(id) ?? 0;
    this.counts.set(id, count + 1);
    if (count === 0) this.report({ kind: 'assert', subject: { kind: 'address', id }, data, validFrom });
  }

  remove(id: string, lastSeen: Instant, firstMissing: Instant): void {
    const count = this.counts.get(id) ?? 0;
    if (count > 1) {
      this.counts.set(id, count - 1);
      return;
    }
    this.counts.delete(id);
    const slack = { lastSeen, firstMissing };
    this.report({ kind: 'end', subject: { kind: 'address', id }, validFrom: firstMissing, slack });
  }
}
