import type { FlowEvent } from '#model';

/**
 * Something that only observes flows. It installs nothing, adds no firewall rule, sets no sysctl.
 *
 * Every implementation runs `sensor.conformance.ts`.
 */
export interface FlowSensor {
  /** The source id: `tcp`, `conntrack`, `sockets`. */
  readonly id: string;
  readonly capabilities: SensorCapabilities;

  /**
   * Whether it can work here and now, without trying for long and without changing anything.
   * A refusal names the reason and what would change it.
   */
  probe(): Promise<SensorProbe>;

  /**
   * Reports flows until `signal` aborts, in batches; a `watermark` at least every 500 ms, a `lost`
   * with an exact or lower-bound count whenever events were dropped. Never throws and never ends
   * by itself: a dead helper process is a `state` of `gap`, then a restart with backoff.
   */
  observe(signal: AbortSignal): AsyncIterable<readonly FlowEvent[]>;

  /** The running helper process, whose memory is reported apart; null while there is none. */
  helperPid?(): number | null;
}

export type SensorProbe =
  | { readonly usable: true; readonly description: string }
  | { readonly usable: false; readonly reason: string };

/** Declared data. Printed by `sheer capabilities`. */
export interface SensorCapabilities {
  readonly protocols: readonly ('tcp' | 'udp')[];
  /** Sees every connection, or those that were open at a look. */
  readonly connections: 'every' | 'sampled';
  readonly bytes: boolean;
  /** Knows the socket's owner from the kernel. */
  readonly holders: 'both' | 'local' | 'none';
  /** Knows what addresses were translated to. */
  readonly translation: boolean;
  readonly needsRoot: boolean;
  /** A helper process of its own, whose memory is reported apart. */
  readonly helper: string | null;
}
