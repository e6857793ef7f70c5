import type { Flow, FlowVerdict, Instant } from '#model';
import type { ConntrackLine } from './conntrack-line.ts';

/** Bytes of the headers that conntrack counts and a payload doesn't have. */
const IPV4_AND_UDP = 28;
const IPV6_AND_UDP = 48;

/** A tracked flow that began, or was found in the list. */
export function openedFlow(line: ConntrackLine, at: Instant): Flow {
  return { ...flowOf(line, at), connections: 1, bytes: null };
}

/**
 * What the end of a tracked flow adds to its beginning: bytes where they are counted, and that it
 * never was answered. Null where it adds nothing.
 */
export function closedFlow(line: ConntrackLine, at: Instant): Flow | null {
  const bytes = payloadOf(line);
  if (bytes === null && line.replied) return null;
  return { ...flowOf(line, at), connections: 0, bytes };
}

function flowOf(line: ConntrackLine, at: Instant): Omit<Flow, 'connections' | 'bytes'> {
  const { original, reply } = line;
  const translated =
    reply.source !== original.destination || reply.sourcePort !== original.destinationPort
      ? { ip: reply.source, port: reply.sourcePort }
      : null;
  return {
    kind: 'flow',
    at,
    protocol: line.protocol,
    client: { ip: original.source, port: original.sourcePort, scope: null, holder: null },
    server: { ip: original.destination, port: original.destinationPort, scope: null, holder: null },
    translated,
    seenFrom: 'path',
    verdict: verdictOf(line),
  };
}

/** Nothing has been answered yet when an entry is new: only its end, or a list, can tell. */
function verdictOf(line: ConntrackLine): FlowVerdict {
  if (line.replied) return 'established';
  if (line.event !== 'destroy') return 'unknown';
  return line.protocol === 'tcp' && line.state === 'CLOSE' ? 'refused' : 'unanswered';
}

/** Of TCP it can't be told, because the length of its headers varies. */
function payloadOf(line: ConntrackLine): number | null {
  if (line.bytes === null || line.packets === null || line.protocol !== 'udp') return null;
  const header = line.original.source.includes(':') ? IPV6_AND_UDP : IPV4_AND_UDP;
  return Math.max(0, line.bytes - line.packets * header);
}
