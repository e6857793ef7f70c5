import { SheerError, type Clock } from '#model';
import { createContainersEngine, createProcessesEngine, findContainerSockets, type Engine } from '#engines';

export interface EngineChoice {
  /** Ids that were asked for; empty: all that are here. */
  readonly ids: readonly string[];
  readonly node: string;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a container engine answers for this container, so that its processes are no instances of their own. */
  readonly ownsContainer: (id: string) => boolean | null;
  /** Names of labels that users allowed to be recorded. */
  readonly labels: () => ReadonlySet<string>;
  /** Ids of the instances that an engine has reported and that have not ended, also before a restart. */
  readonly reported: (engine: string) => readonly string[];
}

const ENGINE_IDS = ['podman', 'docker', 'processes'];

/** The engines to attach to: container engines by their sockets, processes always. */
export async function chooseEngines(choice: EngineChoice): Promise<readonly Engine[]> {
  const { ids, node, clock, ownsContainer, labels } = choice;
  const unknown = ids.find((id) => !ENGINE_IDS.includes(id));
  if (unknown !== undefined) {
    throw new SheerError('invalid-input', `there is no engine "${unknown}"`, {
      next: `one of ${ENGINE_IDS.join(', ')}`,
    });
  }
  const wanted = (id: string): boolean => ids.length === 0 || ids.includes(id);
  const sockets = wanted('podman') || wanted('docker') ? await findContainerSockets(choice.environment) : [];
  const engines: Engine[] = sockets
    .filter((socket) => wanted(socket.id))
    .map((socket) => createContainersEngine({ id: socket.id, socketPath: socket.path, node, clock, labels }));
  if (wanted('processes')) {
    const reported = (): readonly string[] => choice.reported('processes');
    engines.push(createProcessesEngine({ node, clock, ownsContainer, reported }));
  }
  return engines;
}
