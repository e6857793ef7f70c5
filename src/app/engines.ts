import { SheerError, type Clock } from '#model';
import { createContainersEngine, createProcessesEngine, findContainerSockets, type Engine } from '#engines';

export interface EngineChoice {
  /** Ids that were asked for, or `containers` for every container engine; empty: all that are here. */
  readonly ids: readonly string[];
  readonly node: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Whether a container engine answers for this container, so that its processes are no instances of their
   * own; null: that can't be told yet.
   */
  readonly ownsContainer: (id: string) => boolean | null;
  /** Names of labels that users allowed to be recorded. */
  readonly labels: () => ReadonlySet<string>;
  /** Ids of the instances that an engine has reported and that have not ended, also before a restart. */
  readonly reported: (engine: string) => readonly string[];
  /** Another way to find sockets than to look at this machine. */
  readonly findSockets?: typeof findContainerSockets;
}

const CONTAINER_ENGINE_IDS = ['podman', 'docker'];

/** Every container engine that is here, as `sheer demo --engine` says it. */
const CONTAINERS = 'containers';

const ENGINE_IDS = [CONTAINERS, ...CONTAINER_ENGINE_IDS, 'processes'];

/** The engines to attach to: container engines by their sockets, processes always. */
export async function chooseEngines(choice: EngineChoice): Promise<readonly Engine[]> {
  const { ids, node, clock, ownsContainer, labels, findSockets = findContainerSockets } = choice;
  const unknown = ids.find((id) => !ENGINE_IDS.includes(id));
  if (unknown !== undefined) {
    throw new SheerError('invalid-input', `there is no engine "${unknown}"`, {
      next: `one of ${ENGINE_IDS.join(', ')}`,
    });
  }
  const named = ids.flatMap((id) => (id === CONTAINERS ? CONTAINER_ENGINE_IDS : [id]));
  const wanted = (id: string): boolean => named.length === 0 || named.includes(id);
  const sockets = CONTAINER_ENGINE_IDS.some(wanted) ? await findSockets(choice.environment) : [];
  const engines: Engine[] = sockets
    .filter((socket) => wanted(socket.id))
    .map((socket) => createContainersEngine({ id: socket.id, socketPath: socket.path, node, clock, labels }));
  const absent = ids.find(
    (id) => CONTAINER_ENGINE_IDS.includes(id) && !engines.some((each) => each.id === id),
  );
  if (absent !== undefined) throw noSuchEngineHere(absent, sockets);
  if (wanted('processes')) {
    const reported = (): readonly string[] => choice.reported('processes');
    const controlPlanePid = process.pid;
    engines.push(createProcessesEngine({ node, clock, ownsContainer, reported, controlPlanePid }));
  }
  return engines;
}

/** Attached to nothing, a control plane would say that nothing runs. */
function noSuchEngineHere(
  id: string,
  others: readonly { readonly id: string; readonly path: string }[],
): SheerError {
  return new SheerError('invalid-input', `no ${id} answers on this machine`, {
    detail: others.map((other) => `${other.id} is looked for at ${other.path}`),
    next: `DOCKER_HOST=unix:///PATH sheer up --engine ${id}, where its socket lies elsewhere; or sheer up`,
  });
}
