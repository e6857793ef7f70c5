import { formatInstant, type CallAnswer, type Instant } from '#model';
import {
  LATEST,
  suggestDeclarations,
  type ObservedCall,
  type ObservedExternal,
  type ObservedService,
} from '#graph';
import { callAnswer, callEdges } from './calls.ts';
import { EndNamer } from './ends.ts';
import { servicesAt } from './services.ts';
import type { View } from './view.ts';

/** A sheer.yaml for what runs, calls and is called, and is not declared. */
export function suggestion(view: View): string {
  const services = observedServices(view);
  const itself = new Set(services.filter(isItself).map(({ service }) => service.id));
  const calls = undeclaredCalls(view).filter(({ from, to }) => !itself.has(from) && !itself.has(to));
  return suggestDeclarations(services.map(asIfDeclared), calls, [
    ...declaredExternals(view),
    ...undeclaredExternals(view),
  ]);
}

const isItself = ({ service }: ObservedService): boolean => service.derivedFrom === 'itself';

/** Nobody has to declare Sheerline, but no selector of others may match it. */
const asIfDeclared = (observed: ObservedService): ObservedService =>
  isItself(observed) ? { ...observed, declared: true } : observed;

function observedServices(view: View): readonly ObservedService[] {
  return servicesAt(view, LATEST).flatMap((group): readonly ObservedService[] => {
    const service = group.instances[0]?.service ?? null;
    if (service === null) return [];
    const instances = group.instances.map((instance) => instance.view);
    return [{ service, declared: group.declared, owner: group.owner, instances }];
  });
}

function undeclaredCalls(view: View): readonly ObservedCall[] {
  const edges = callEdges(view, { at: null, team: null, environment: null, since: null });
  return edges.flatMap((edge): readonly ObservedCall[] => {
    const { from, to, port, protocol } = edge;
    // What has no ports, such as ICMP in a flow log, can't be declared.
    if (protocol !== 'tcp' && protocol !== 'udp') return [];
    const isNameable = from.kind === 'service' && to.kind !== 'node';
    if (edge.declared || !isNameable || from.id === null || to.id === null || from.id === to.id) return [];
    return [{ from: from.id, to: to.id, port, protocol, seen: seenIn(callAnswer(edge)) }];
  });
}

function declaredExternals(view: View): readonly ObservedExternal[] {
  return [...view.graph.all('external')].map(({ id, data }) => ({
    name: id,
    declared: true,
    addresses: data.addresses,
    ports: data.ports,
    seen: '',
  }));
}

/** Addresses that somebody calls and that nobody here holds: they want names. */
function undeclaredExternals(view: View): readonly ObservedExternal[] {
  const namer = new EndNamer(view, view.clock());
  const byIp = new Map<string, { readonly ports: Set<number>; connections: number; lastAt: Instant }>();
  for (const record of view.calls.records()) {
    const { server, port, connections, lastAt } = record;
    const { reason } = namer.name(server, record, { from: record.firstAt, until: lastAt });
    if (reason !== 'nobody-held-it') continue;
    const known = byIp.get(server.ip) ?? { ports: new Set(), connections: 0, lastAt };
    byIp.set(server.ip, known);
    known.ports.add(port);
    known.connections += connections;
    known.lastAt = Math.max(known.lastAt, lastAt);
  }
  return [...byIp].map(([ip, { ports, connections, lastAt }]) => ({
    name: ip,
    declared: false,
    addresses: [ip],
    ports: [...ports],
    seen: seenIn({ connections, lastSeen: formatInstant(lastAt) }),
  }));
}

const seenIn = ({ connections, lastSeen }: Pick<CallAnswer, 'connections' | 'lastSeen'>): string =>
  `${connections ?? 0} connections, the last one at ${lastSeen ?? 'an unknown time'}`;
