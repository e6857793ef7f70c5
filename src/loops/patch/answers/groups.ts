import type { AffectedAnswer } from '#model';
import type { AffectedImage } from '../affected/affected.ts';
import type { Excuse } from '../excuses/excuse-book.ts';
import type { RunningInstance } from '../questions.ts';

type Group = AffectedAnswer['groups'][number];

/**
 * Who is affected, by service, team and environment; what has no service comes last.
 *
 * @param excused null: nothing excuses anybody
 */
export function groupsOf(
  images: readonly AffectedImage[],
  excused: ReadonlyMap<string, Excuse | null> | null,
  dueAt: (environment: string | null) => string | null,
): Group[] {
  // By service: its team and environment are nearly always the same for all of its instances.
  const groups = new Map<string | null, Group[]>();
  const seen = new Set<string>();
  const isNew = (instance: RunningInstance): boolean => {
    // Only one with several images can be met twice.
    if (instance.images.length < 2) return true;
    if (seen.has(instance.id)) return false;
    seen.add(instance.id);
    return true;
  };
  for (const { instances } of images) {
    for (const instance of instances) {
      if (!isNew(instance)) continue;
      const group = groupOf(instance, groups, dueAt);
      group.instances.push({ id: instance.id, name: instance.name, node: instance.node });
      if (excused !== null && (excused.get(instance.id) ?? null) !== null) group.excused++;
    }
  }
  return [...groups.values()].flat().toSorted(byService);
}

function groupOf(
  { service, team, environment }: RunningInstance,
  groups: Map<string | null, Group[]>,
  dueAt: (environment: string | null) => string | null,
): Group {
  const ofService = groups.get(service) ?? [];
  const known = ofService.find((group) => group.team === team && group.environment === environment);
  if (known !== undefined) return known;
  const group: Group = { service, team, environment, instances: [], excused: 0, dueAt: dueAt(environment) };
  ofService.push(group);
  groups.set(service, ofService);
  return group;
}

function byService(left: Group, right: Group): number {
  if ((left.service === null) !== (right.service === null)) return left.service === null ? 1 : -1;
  return (left.service ?? '') < (right.service ?? '') ? -1 : 1;
}
