import type { AffectedAnswer } from '#model';
import type { AffectedImage } from '../affected/affected.ts';
import type { Excuse } from '../excuses/excuse-book.ts';
import type { RunningInstance } from '../questions.ts';

type Group = AffectedAnswer['groups'][number];

/** Who is affected, by service, team and environment; what has no service comes last. */
export function groupsOf(
  images: readonly AffectedImage[],
  excused: ReadonlyMap<string, Excuse | null>,
  dueAt: (environment: string | null) => string | null,
): Group[] {
  const groups = new Map<string, Group>();
  const seen = new Set<string>();
  for (const { instances } of images) {
    for (const instance of instances) {
      if (seen.has(instance.id)) continue;
      seen.add(instance.id);
      const group = groupOf(instance, groups, dueAt);
      group.instances.push({ id: instance.id, name: instance.name, node: instance.node });
      if ((excused.get(instance.id) ?? null) !== null) group.excused++;
    }
  }
  return [...groups.values()].sort(byService);
}

function groupOf(
  { service, team, environment }: RunningInstance,
  groups: Map<string, Group>,
  dueAt: (environment: string | null) => string | null,
): Group {
  const key = `${service}\n${team}\n${environment}`;
  const known = groups.get(key);
  if (known !== undefined) return known;
  const group: Group = { service, team, environment, instances: [], excused: 0, dueAt: dueAt(environment) };
  groups.set(key, group);
  return group;
}

function byService(left: Group, right: Group): number {
  if ((left.service === null) !== (right.service === null)) return left.service === null ? 1 : -1;
  return (left.service ?? '') < (right.service ?? '') ? -1 : 1;
}
