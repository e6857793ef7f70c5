import { DEFAULT_APPLICATION, DEFAULT_ENVIRONMENT, type ServiceAnswer } from '#model';
import { countText } from '../text/amount-text.ts';
import type { Look } from '../text/look.ts';
import { marginLine } from '../text/margin.ts';
import { tableLines } from '../text/table.ts';
import type { Column } from '../text/table.ts';
import { lacksOwner } from './names.ts';

export function renderServices(services: readonly ServiceAnswer[], look: Look): readonly string[] {
  if (services.length === 0)
    return [marginLine(look, 'no service has been seen or declared', 'sheer sources')];
  const unowned = services.filter(lacksOwner).length;
  const owned = unowned === 0 ? 'Each has an owner.' : `${unowned} without an owner.`;
  return [
    ...tableLines(look, services, columns(services, look)),
    '',
    marginLine(look, `${countText(services.length, 'service')}. ${owned}`, unowned === 0 ? '' : 'sheer lint'),
  ];
}

/** For a person, a column that says `default` everywhere is left out. */
const columns = (all: readonly ServiceAnswer[], look: Look): readonly Column<ServiceAnswer>[] => [
  { title: 'service', value: ({ name }) => name, cut: 'middle', tone: () => 'strong' },
  {
    title: 'application',
    value: ({ application }) => (isUsual(all, look, 'application') ? '' : application),
    cut: 'end',
  },
  {
    title: 'environment',
    value: ({ environment }) => (isUsual(all, look, 'environment') ? '' : environment),
    cut: 'end',
  },
  {
    title: 'team',
    value: (service) => service.team ?? (lacksOwner(service) ? 'no owner' : '–'),
    tone: (service) => (lacksOwner(service) ? 'warning' : undefined),
    cut: 'end',
  },
  { title: 'runs', value: ({ instances }) => String(instances), align: 'right' },
  { title: 'ports', value: ({ ports }) => ports.join(' '), cut: 'end' },
  { title: 'known by', value: evidenceText, tone: () => 'faint', cut: 'end' },
];

function isUsual(all: readonly ServiceAnswer[], look: Look, field: 'application' | 'environment'): boolean {
  const usual = { application: DEFAULT_APPLICATION, environment: DEFAULT_ENVIRONMENT }[field];
  return look.columns !== null && all.every((service) => service[field] === usual);
}

/** Declared and observed are never one word (invariant 2). */
function evidenceText(service: ServiceAnswer): string {
  if (service.evidence.includes('declared'))
    return service.instances === 0 ? 'declared, never seen' : 'declared';
  return service.derivedFrom;
}
