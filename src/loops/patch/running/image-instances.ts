import type { RunningInstance } from '../questions.ts';

/** Instances of one image that have the same service, team and environment. */
export interface InstanceGroup extends Pick<RunningInstance, 'service' | 'team' | 'environment'> {
  readonly instances: readonly RunningInstance[];
  /** Them as answers have them, with commas between: to write them again takes longer than all the rest of an answer. */
  readonly json: string;
}

/** Who runs an image, put together once for many questions: nothing in it changes. */
export class ImageInstances {
  readonly instances: readonly RunningInstance[];
  readonly ids: readonly string[];
  /** Whether one of them runs other images too, and so is met with each of them. */
  readonly areShared: boolean;
  #groups: readonly InstanceGroup[] | null = null;

  constructor(instances: readonly RunningInstance[]) {
    this.instances = instances;
    this.ids = instances.map(({ id }) => id);
    this.areShared = instances.some(runsSeveral);
  }

  get groups(): readonly InstanceGroup[] {
    return (this.#groups ??= groupsOf(this.instances));
  }
}

export function runsSeveral({ images }: RunningInstance): boolean {
  return images.length > 1;
}

/** An instance as answers have it. */
export function instanceJson({ id, name, node }: RunningInstance): string {
  return JSON.stringify({ id, name, node });
}

function groupsOf(instances: readonly RunningInstance[]): readonly InstanceGroup[] {
  const groups: { readonly first: RunningInstance; readonly instances: RunningInstance[] }[] = [];
  for (const instance of instances) {
    const { service, team, environment } = instance;
    const known = groups.find(
      ({ first }) => first.service === service && first.team === team && first.environment === environment,
    );
    if (known === undefined) groups.push({ first: instance, instances: [instance] });
    else known.instances.push(instance);
  }
  return groups.map(({ first: { service, team, environment }, instances: own }) => {
    return { service, team, environment, instances: own, json: own.map(instanceJson).join() };
  });
}
