import { formatInstant } from '#model';
import {
  LATEST,
  suggestDeclarations,
  type ObservedCall,
  type ObservedExternal,
  type ObservedService,
} from '#graph';
import type { CallRecord } from '../attribution/call-table.ts';
import { EndNamer } from './ends.ts';
import { servicesAt } from './services.ts';
import type { View } from './view.ts';

/** A sheer.yaml for what runs, calls and is called, and is not declared. */
export function suggestion(view: View): string {
  const declaredCalls = new Set([...view.graph.all('call')].map(({ data }) => `${data.from}>${data.to}`));
  const calls = new Map<string, ObservedCall>();
  const externals = new Map<string, ObservedExternal>(
    [...view.graph.all('external')].map(({ id, data }) => [
      id,
      { name: id, declared: true, addresses: data.addresses, ports: data.ports, seen: '' },
    ]),
  );
  const namer = new EndNamer(view, view.clock());
  for (const record of view.calls.records()) {
    const seen = { from: record.firstAt, until: record.lastAt };
    const from = namer.name(record.client, null, seen);
    const to = namer.name(record.server, record, seen);
    const { port, protocol } = record;
    if (to.reason === 'nobody-held-it') addAddress(externals, record);
    if (from.kind !== 'service' || from.id === null || to.id === null || to.kind === 'node') continue;
    if (from.id === to.id || declaredCalls.has(`${from.id}>${to.id}`)) continue;
    calls.set(`${from.id}>${to.id}:${port}`, {
      from: from.id,
      to: to.id,
      port,
      protocol,
      seen: seenIn(record),
    });
  }
  return suggestDeclarations(observedServices(view), [...calls.values()], [...externals.values()]);
}

function observedServices(view: View): readonly ObservedService[] {
  return servicesAt(view, LATEST).flatMap((group): readonly ObservedService[] => {
    const service = group.instances[0]?.service ?? null;
    if (service === null) return [];
    const instances = group.instances.map((instance) => instance.view);
    return [{ service, declared: group.declared, owner: group.owner, instances }];
  });
}

/** Somebody calls an address that nobody here holds: it wants a name. */
function addAddress(externals: Map<string, ObservedExternal>, record: Readonly<CallRecord>): void {
  const { ip } = record.server;
  const ports = new Set(externals.get(ip)?.ports).add(record.port);
  externals.set(ip, { name: ip, declared: false, addresses: [ip], ports: [...ports], seen: seenIn(record) });
}

const seenIn = (record: Readonly<CallRecord>): string =>
  `${record.connections} connections, the last one at ${formatInstant(record.lastAt)}`;
