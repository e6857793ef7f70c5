import type { Clock, Instant } from '#model';
import type { ContainerAddress } from './container-facts.ts';
import type { ContainerEvent, EventNetwork } from './wire-event.ts';

export interface AttachmentSources {
  /** The addresses that a network has given to a container; none when the engine does not say. */
  readonly addressesIn: (network: EventNetwork, containerId: string) => Promise<readonly string[]>;
  readonly clock: Clock;
}

interface Attachment {
  addresses: readonly ContainerAddress[];
  /** When the engine had said so. */
  knownAt: Instant;
}

/**
 * Docker attaches a container to its networks some 300 ms before it starts, and says so; while it
 * starts, nobody may inspect it, but its networks can be asked. So the addresses of containers are
 * known that end before an inspect is answered.
 */
export class Attachments {
  readonly #sources: AttachmentSources;
  /** By container, then by network. */
  readonly #of = new Map<string, Map<string, Attachment>>();

  constructor(sources: AttachmentSources) {
    this.#sources = sources;
  }

  /** A container that does not run was attached to a network, or detached from it. */
  changed(event: ContainerEvent): void {
    if (event.network === undefined) return;
    if (event.action === 'connect') void this.#ask(event.id, event.network);
    else this.#of.get(event.id)?.delete(event.network.id);
  }

  /** It has ended, or is gone; its next run may have other addresses. */
  forget(id: string): void {
    this.#of.delete(id);
  }

  /**
   * The addresses of the run that started at `startedAt`. What was said later is not taken: it may
   * be of the next run already.
   */
  before(id: string, startedAt: Instant): readonly ContainerAddress[] {
    const attachments = [...(this.#of.get(id)?.values() ?? [])];
    return attachments.flatMap(({ addresses, knownAt }) => (knownAt <= startedAt ? addresses : []));
  }

  async #ask(id: string, network: EventNetwork): Promise<void> {
    const attachment: Attachment = { addresses: [], knownAt: Number.POSITIVE_INFINITY };
    const known = this.#of.get(id) ?? new Map<string, Attachment>();
    this.#of.set(id, known.set(network.id, attachment));
    const ips = await this.#sources.addressesIn(network, id);
    attachment.addresses = ips.map((ip) => ({ network: network.name, ip }));
    attachment.knownAt = this.#sources.clock();
  }
}
