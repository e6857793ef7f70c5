import { formatInstant, type FlowAnswer } from '#model';
import type { FlowRow } from '#store';
import { EndNamer, type NamedEnd } from './ends.ts';
import type { View } from './view.ts';

export interface FlowQuestion {
  readonly from: string | null;
  readonly to: string | null;
  readonly unknown: boolean;
  readonly limit: number;
}

const MINUTE_MS = 60_000;

/** Minute rows in names, newest first. */
export function flowAnswers(
  view: View,
  batches: Iterable<readonly FlowRow[]>,
  question: FlowQuestion,
): readonly FlowAnswer[] {
  let minute = Number.NaN;
  let namer = new EndNamer(view, minute);
  const newest: FlowAnswer[] = [];
  for (const batch of batches) {
    for (const row of batch) {
      if (row.minute !== minute) {
        minute = row.minute;
        // A row's owners are those of its own time.
        namer = new EndNamer(view, minute + MINUTE_MS);
      }
      const answer = flowAnswer(namer, row);
      if (question.from !== null && !isEnd(answer.from, question.from)) continue;
      if (question.to !== null && !isEnd(answer.to, question.to)) continue;
      if (question.unknown && answer.from.reason === null && answer.to.reason === null) continue;
      newest.push(answer);
    }
    // Rows come oldest first; what falls out here can't be among the newest.
    if (newest.length > question.limit * 2) newest.splice(0, newest.length - question.limit);
  }
  return newest.slice(-question.limit).toReversed();
}

function flowAnswer(namer: EndNamer, row: FlowRow): FlowAnswer {
  const client = { holder: row.client, scope: row.clientScope, ip: row.clientIp };
  const server = { holder: row.server, scope: row.serverScope, ip: row.serverIp };
  const seen = { from: row.firstAt, until: row.lastAt };
  return {
    minute: formatInstant(row.minute),
    from: flowEnd(namer.name(client, null, seen), client),
    to: flowEnd(namer.name(server, { port: row.serverPort, protocol: row.protocol }, seen), server),
    port: row.serverPort,
    protocol: row.protocol,
    verdict: row.verdict,
    connections: row.connections,
    bytes: row.bytes,
    firstSeen: formatInstant(row.firstAt),
    lastSeen: formatInstant(row.lastAt),
    source: row.source,
  };
}

function flowEnd(named: NamedEnd, raw: { readonly scope: string; readonly ip: string }): FlowAnswer['from'] {
  const { name, kind, instance, team, reason } = named;
  return { name, kind, instance, team, scope: raw.scope, ip: raw.ip, reason };
}

const isEnd = (end: FlowAnswer['from'], asked: string): boolean =>
  end.name === asked || end.instance === asked || end.ip === asked || end.team === asked;
