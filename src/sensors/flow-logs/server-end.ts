import type { AddressResolver } from './address-resolver.ts';
import type { FlowLine, LineEnd } from './flow-line.ts';

const TCP = 6;
const UDP = 17;

/**
 * Which end of a packet record is the server, for logs that only say from where to where. Both
 * directions of a connection must come to the same answer, so it depends on the two ends only, not on
 * which of them sent:
 *
 * 1. a port below 1024 serves one that is not, and one below 32768 serves an ephemeral one (Linux
 *    takes 32768–60999 for outgoing connections);
 * 2. where neither is below 1024 and somebody is known to listen at just one end, that end;
 * 3. else the lower port, and for equal ports the lower address.
 *
 * Protocols without ports (ICMP): who sends is the client.
 */
export function sourceServes(line: FlowLine, resolver: AddressResolver): boolean {
  const { client: source, server: target } = line;
  if (line.protocol !== TCP && line.protocol !== UDP) return false;
  const sourceRank = rankOf(source.port);
  const targetRank = rankOf(target.port);
  if (sourceRank !== 0 && targetRank !== 0 && resolver.listens !== undefined) {
    const sourceListens = resolver.listens(addressOf(source), source.port, line.protocol);
    const targetListens = resolver.listens(addressOf(target), target.port, line.protocol);
    if (sourceListens !== targetListens) return sourceListens;
  }
  if (sourceRank !== targetRank) return sourceRank < targetRank;
  if (source.port !== target.port) return source.port < target.port;
  return source.ipv6 === target.ipv6 ? source.ipv4 < target.ipv4 : source.ipv6 < target.ipv6;
}

function rankOf(port: number): number {
  if (port < 1024) return 0;
  return port < 32_768 ? 1 : 2;
}

function addressOf(end: LineEnd): number | string {
  return end.ipv6 === '' ? end.ipv4 : end.ipv6;
}
