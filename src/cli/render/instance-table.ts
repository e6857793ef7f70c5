import type { InstanceAnswer } from '#model';
import { countText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { marginLine } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import type { Column } from '../text/table.ts';
import { ago } from '../text/time-text.ts';
import { addressText, shortService } from './names.ts';

export function renderInstances(instances: readonly InstanceAnswer[], look: Look): readonly string[] {
  if (instances.length === 0) return [marginLine(look, 'no instance runs', 'sheer sources')];
  const conflicts = instances.filter(({ conflict }) => conflict.length > 0).length;
  const summary = `${countText(instances.length, 'instance')}.`;
  return [
    ...tableLines(look, instances, columns(instances, look)),
    '',
    conflicts === 0
      ? marginLine(look, summary, 'sheer whois ADDRESS')
      : marginLine(look, `${summary} ${conflicts} matched by two services.`, 'sheer lint', 'warning'),
  ];
}

/** For a person, a column in which all are alike is left out. */
const columns = (all: readonly InstanceAnswer[], look: Look): readonly Column<InstanceAnswer>[] => [
  { title: 'instance', value: ({ name }) => name, cut: 'middle', tone: () => 'strong' },
  // Full ids are for programs: a person reads names.
  { title: 'id', value: ({ id }) => (look.columns === null ? id : '') },
  { title: 'service', value: serviceText, tone: serviceTone, cut: 'end' },
  { title: 'team', value: ({ team }) => team ?? '', cut: 'end' },
  { title: 'address', value: addressesText, cut: 'end' },
  { title: 'node', value: ({ node }) => (isSame(all, look, 'node') ? '' : node), cut: 'end' },
  {
    title: 'state',
    value: ({ state }) => (state === 'running' && isSame(all, look, 'state') ? '' : state),
    tone: ({ state }) => (state === 'running' ? undefined : 'warning'),
  },
  { title: 'since', value: ({ since }) => ago(look, since), tone: () => 'faint' },
];

function isSame(all: readonly InstanceAnswer[], look: Look, field: 'node' | 'state'): boolean {
  return look.columns !== null && all.every((instance) => instance[field] === all[0]?.[field]);
}

function serviceText({ service, conflict }: InstanceAnswer): string {
  if (conflict.length > 0) return `conflict: ${conflict.map(shortService).join(' or ')}`;
  return service === null ? '' : shortService(service);
}

function serviceTone({ conflict }: InstanceAnswer): 'warning' | undefined {
  return conflict.length > 0 ? 'warning' : undefined;
}

function addressesText({ addresses, addressMissing }: InstanceAnswer): string {
  if (addresses.length > 0) return addresses.map(addressText).join(' ');
  return addressMissing?.replaceAll('-', ' ') ?? '';
}
