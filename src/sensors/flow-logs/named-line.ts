import { formatInstant } from '#model';

import type { FlowLogEnd, FlowLogLine } from './flow-batch.ts';

/** What the caller calls a holder, or why there is none. */
export type EndName =
  | { readonly kind: 'named'; readonly name: string; readonly instance: string | null }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * One flow of a log in names, as a line of JSON without its newline: what `--out` writes.
 * `unknown` says why an end has no name; `from` or `to` is null then.
 */
export function namedLine(
  line: FlowLogLine,
  nameOf: (end: FlowLogEnd, line: FlowLogLine) => EndName,
): string {
  const from = nameOf(line.client, line);
  const to = nameOf(line.server, line);
  const unknown = [...reasonOf('client', from), ...reasonOf('server', to)];
  return JSON.stringify({
    line: line.line,
    at: formatInstant(line.at),
    from: from.kind === 'named' ? from.name : null,
    to: to.kind === 'named' ? to.name : null,
    fromInstance: from.kind === 'named' ? from.instance : null,
    toInstance: to.kind === 'named' ? to.instance : null,
    fromIp: line.client.ip,
    toIp: line.server.ip,
    port: line.server.port,
    protocol: line.protocol,
    verdict: line.verdict,
    connections: line.connections,
    bytes: line.bytes,
    ...(unknown.length === 0 ? {} : { unknown }),
  });
}

function reasonOf(end: 'client' | 'server', name: EndName): readonly string[] {
  return name.kind === 'named' ? [] : [`${end}:${name.reason}`];
}
