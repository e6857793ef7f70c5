import type { ServiceAnswer, StatusAnswer } from '#model';
import { renderStatus, tableLines, type Look } from '#cli';
import type { ComparedCall } from './comparison.ts';

/** What `sheer demo --json` prints. */
export interface DemoResult {
  readonly engine: 'processes' | 'containers';
  /** Of the API, while the demo ran. */
  readonly address: string | null;
  readonly status: StatusAnswer;
  readonly services: readonly ServiceAnswer[];
  readonly calls: readonly ComparedCall[];
  /** Every call that was sent was found, and none that was not. */
  readonly complete: boolean;
}

export function renderDemo(result: DemoResult, look: Look): readonly string[] {
  return [
    ...renderStatus(result.status, look),
    '',
    ...tableLines(look, result.services, [
      { title: 'service', value: (service) => service.name, tone: () => 'strong' },
      { title: 'owner', value: (service) => service.team ?? '–' },
      { title: 'known from', value: (service) => service.owner?.basis ?? 'nobody says', tone: () => 'faint' },
      { title: 'instances', value: (service) => `${service.instances}`, align: 'right' },
      { title: 'ports', value: (service) => service.ports.join(' ') },
    ]),
    '',
    ...tableLines(look, result.calls, [
      { title: 'from', value: (call) => call.from, tone: () => 'strong' },
      { title: 'to', value: (call) => `${call.to}:${call.port}`, tone: () => 'strong' },
      { title: 'really sent', value: (call) => amount(call.sent, call.requests), align: 'right' },
      {
        title: 'found',
        value: (call) => (call.found === null ? 'not found' : `${call.found}`),
        align: 'right',
      },
    ]),
    '',
    verdict(result),
    '  Your own machine:   ./sheer up --detach   then   ./sheer services   and   ./sheer calls',
  ];
}

/** The shop keeps connections open: many requests go over few. */
function amount(connections: number | null, requests: number | null): string {
  if (connections === null) return 'nothing';
  return `${connections}${requests === null ? '' : ` (${requests} requests)`}`;
}

function verdict({ calls, complete }: DemoResult): string {
  if (complete)
    return `  All ${calls.length} kinds of calls that the shop made were found, and nothing else.`;
  const missing = calls.filter((call) => call.found === null).length;
  const invented = calls.filter((call) => call.sent === null).length;
  return `  ${missing} kinds of calls were not found, ${invented} were found that nobody sent.   sheer sources`;
}
