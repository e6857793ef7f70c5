import { formatInstant, type Instant, type InstanceAnswer } from '#model';
import type { NamedInstance } from '#graph';
import type { ListFilter } from '../questions.ts';
import { instancesAt } from './services.ts';
import { momentOf, ownershipMoment, type View } from './view.ts';

export function instanceAnswers(
  view: View,
  filter: ListFilter & { readonly service: string | null },
): readonly InstanceAnswer[] {
  const at = momentOf(filter.at);
  const answers: InstanceAnswer[] = [];
  for (const instance of instancesAt(view, at)) {
    if (filter.service !== null && !isService(instance, filter.service)) continue;
    const answer = instanceAnswer(view, instance, at);
    if (filter.team !== null && answer.team !== filter.team) continue;
    if (filter.environment !== null && answer.environment !== filter.environment) continue;
    answers.push(answer);
  }
  return answers.toSorted(byServiceThenName);
}

export function instanceAnswer(view: View, instance: NamedInstance, at: Instant): InstanceAnswer {
  const { data, id, since, until, evidence, source } = instance.statement;
  return {
    id,
    name: data.name,
    kind: data.kind,
    engine: data.engine,
    state: data.state,
    service: instance.service?.id ?? null,
    team: view.names.teamOf(instance, ownershipMoment(view, at)),
    environment: instance.service?.environment ?? null,
    conflict: [...instance.conflict],
    node: data.node,
    pid: data.pid,
    executable: data.executable,
    unit: data.unit,
    images: data.images.map((image) => ({ ...image })),
    addresses: view.graph.addresses
      .addressesOf(instance.statement.subject, at)
      .map(({ data: { scope, ip, port } }) => ({ scope, ip, port })),
    addressMissing: data.addressMissing,
    labels: { ...data.labels },
    since: formatInstant(since),
    until: formatInstant(Number.isFinite(until) ? until : null),
    evidence,
    source,
  };
}

/** By id, or by the name where a person types it. */
function isService(instance: NamedInstance, service: string): boolean {
  return instance.service !== null && (instance.service.id === service || instance.service.name === service);
}

function byServiceThenName(left: InstanceAnswer, right: InstanceAnswer): number {
  const [a, b] = [
    `${left.service ?? ''} ${left.name} ${left.id}`,
    `${right.service ?? ''} ${right.name} ${right.id}`,
  ];
  return a < b ? -1 : 1;
}
