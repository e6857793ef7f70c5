import { readFileSync } from 'node:fs';
import { arch, availableParallelism, networkInterfaces, release, totalmem } from 'node:os';

import { addressId, hostScope } from '#model';
import type { AddressData, NodeData, Observation } from '#model';

import type { Host, LookTimes } from './host.ts';

/** Interfaces come and go with containers; so many looks may pass before it is seen. */
const REVIEW_EVERY = 5;

export interface NodeFacts {
  review(look: LookTimes): void;
}

/** The machine itself and the addresses of its interfaces. */
export function createNodeFacts(
  host: Host,
  osReleaseFile: string,
  report: (observation: Observation) => void,
): NodeFacts {
  let held: ReadonlyMap<string, AddressData> = new Map();
  let lastReviewAt = 0;
  return {
    review: (look) => {
      if (look.number === 1) {
        const data = readNode(host, osReleaseFile);
        report({ kind: 'assert', subject: { kind: 'node', id: host.node }, data, validFrom: host.boot.at });
      } else if (look.number % REVIEW_EVERY !== 0) return;
      const present = new Map(interfaceAddresses(host.node).map((data) => [addressId(data), data]));
      for (const [id, data] of present) {
        if (held.has(id)) continue;
        report({ kind: 'assert', subject: { kind: 'address', id }, data, validFrom: look.at });
      }
      for (const id of held.keys()) {
        if (present.has(id)) continue;
        // The look before this one did not ask: it was there at the last review at the latest.
        const slack = { lastSeen: lastReviewAt, firstMissing: look.at };
        report({ kind: 'end', subject: { kind: 'address', id }, validFrom: look.at, slack });
      }
      held = present;
      lastReviewAt = look.at;
    },
  };
}

/** `PRETTY_NAME` of os-release(5), else the name that it has for Node. */
export function parseOsName(text: string): string {
  const name = /^PRETTY_NAME=(?:"([^"\n]*)"|'([^'\n]*)'|(\S*))$/m.exec(text);
  return name?.[1] ?? name?.[2] ?? name?.[3] ?? 'Linux';
}

function readNode(host: Host, osReleaseFile: string): NodeData {
  let osRelease = '';
  try {
    osRelease = readFileSync(osReleaseFile, 'utf8');
  } catch {
    // Minimal systems have no such file; then the name is `Linux`.
  }
  return {
    os: parseOsName(osRelease),
    kernel: release(),
    architecture: arch(),
    bootId: host.boot.id,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
  };
}

function interfaceAddresses(node: string): readonly AddressData[] {
  const holder = { kind: 'node', id: node } as const;
  const addresses: AddressData[] = [];
  for (const each of Object.values(networkInterfaces())) {
    for (const { address, scopeid } of each ?? []) {
      // Link-local addresses are unique on one link only, and come and go with every container.
      if ((scopeid ?? 0) !== 0) continue;
      addresses.push({ scope: hostScope(node), ip: address, port: null, protocol: null, holder });
    }
  }
  return addresses;
}
