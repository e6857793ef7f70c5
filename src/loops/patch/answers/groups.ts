import type { AffectedAnswer } from '#model';
import type { AffectedImage } from '../affected/affected.ts';
import type { Excuse } from '../excuses/excuse-book.ts';
import type { RunningInstance } from '../questions.ts';
import { instanceJson, type InstanceGroup } from '../running/image-instances.ts';

type Answered = AffectedAnswer['groups'][number];

/** Who is affected, of one service, team and environment. */
export interface AffectedGroup extends Omit<Answered, 'instances'> {
  /** How many. */
  instances: number;
  /** JSON of them, those of one image in one piece. */
  readonly written: string[];
}

/** Some instances of one image, which have the same service, team and environment. */
type Part = Pick<InstanceGroup, 'service' | 'team' | 'environment' | 'instances' | 'json'>;

/**
 * Who is affected, by service, team and environment; what has no service comes last.
 *
 * @param excused null: nothing excuses anybody
 */
export function groupsOf(
  images: readonly AffectedImage[],
  excused: ReadonlyMap<string, Excuse | null> | null,
  dueAt: (environment: string | null) => string | null,
): AffectedGroup[] {
  // By service: its team and environment are nearly always the same for all of its instances.
  const groups = new Map<string | null, AffectedGroup[]>();
  const seen = new Set<string>();
  for (const { ran } of images) {
    const parts = ran.areShared ? newOnes(ran.instances, seen) : ran.groups;
    for (const { instances, json, ...of } of parts) {
      const group = groupOf(of, groups, dueAt);
      group.instances += instances.length;
      group.written.push(json);
      if (excused !== null) group.excused += instances.filter(({ id }) => excused.get(id) != null).length;
    }
  }
  return [...groups.values()].flat().toSorted(byService);
}

/** JSON as the answer has it, in pieces. */
export function writeGroup(group: AffectedGroup, out: string[]): void {
  const { service, team, environment, excused, dueAt, written } = group;
  const head: Omit<Answered, 'instances'> = { service, team, environment, excused, dueAt };
  out.push(`${JSON.stringify(head).slice(0, -1)},"instances":[`);
  for (const [index, piece] of written.entries()) out.push(index === 0 ? '' : ',', piece);
  out.push(']}');
}

/** Those that were not met with another of their images. */
function newOnes(instances: readonly RunningInstance[], seen: Set<string>): readonly Part[] {
  return instances
    .filter(({ id }) => {
      const before = seen.size;
      return seen.add(id).size > before;
    })
    .map((instance) => ({ ...instance, instances: [instance], json: instanceJson(instance) }));
}

function groupOf(
  { service, team, environment }: Pick<Part, 'service' | 'team' | 'environment'>,
  groups: Map<string | null, AffectedGroup[]>,
  dueAt: (environment: string | null) => string | null,
): AffectedGroup {
  const ofService = groups.get(service) ?? [];
  const known = ofService.find((group) => group.team === team && group.environment === environment);
  if (known !== undefined) return known;
  const due = dueAt(environment);
  const group = { service, team, environment, instances: 0, written: [], excused: 0, dueAt: due };
  ofService.push(group);
  groups.set(service, ofService);
  return group;
}

function byService(left: AffectedGroup, right: AffectedGroup): number {
  if ((left.service === null) !== (right.service === null)) return left.service === null ? 1 : -1;
  return (left.service ?? '') < (right.service ?? '') ? -1 : 1;
}
