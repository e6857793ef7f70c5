import { LATEST, type NamedInstance } from '#graph';
import type { AdoptLoop } from '#loops/adopt';
import type { RunningInstance, RunningInstances } from '#loops/patch';
import { parseTime, type Fact, type Instant } from '#model';
import type { Store } from '#store';

type View = AdoptLoop['view'];

/** What of a declaration gives instances other names or owners. */
const NAMING: ReadonlySet<string> = new Set(['team', 'environment', 'service', 'ownership', 'label']);

/** What runs, as the adopt loop knows it, for the patch loop: loops meet here, and in the graph. */
export class AdoptedInstances implements RunningInstances {
  readonly #loop: AdoptLoop;
  readonly #store: Store;

  constructor(loop: AdoptLoop, store: Store) {
    this.#loop = loop;
    this.#store = store;
  }

  at(at: Instant | null): readonly RunningInstance[] {
    return at === null ? this.#now() : this.#past(at);
  }

  one(id: string): RunningInstance | null {
    const { graph, names } = this.#loop.view;
    const subject = graph.facts.subject('instance', id);
    const named = subject < 0 ? null : names.instanceAt(subject, LATEST);
    return named === null ? null : runningOf(this.#loop.view, named);
  }

  watch(listener: (instance: string | null) => void): () => void {
    return this.#store.watch((_stream, facts) => {
      for (const id of new Set(facts.flatMap(instancesIn))) listener(id);
      if (facts.some(({ subject }) => NAMING.has(subject.kind))) listener(null);
    });
  }

  #now(): readonly RunningInstance[] {
    const { view } = this.#loop;
    const found: RunningInstance[] = [];
    for (const said of view.graph.all('instance')) {
      const instance = runningOf(view, view.names.named(said, LATEST));
      if (instance !== null) found.push(instance);
    }
    return found;
  }

  /** From memory, or from the streams where it is too long ago. */
  #past(at: Instant): readonly RunningInstance[] {
    const filter = { at, team: null, environment: null, service: null };
    return this.#loop.questions
      .instances(filter)
      .filter(({ state }) => isRunning(state))
      .map(({ id, name, kind, engine, node, pid, service, team, environment, images, since }) => ({
        id,
        name,
        kind,
        engine,
        node,
        pid,
        service,
        team,
        environment,
        images,
        since: parseTime(since, at),
      }));
  }
}

/** A listening port can make it another service's. */
function instancesIn(fact: Fact): readonly string[] {
  if (fact.subject.kind === 'instance') return [fact.subject.id];
  if (fact.subject.kind !== 'address' || fact.kind !== 'assert' || !('holder' in fact.data)) return [];
  const { holder, port } = fact.data;
  return holder.kind === 'instance' && port !== null ? [holder.id] : [];
}

function runningOf(view: View, named: NamedInstance): RunningInstance | null {
  const { id, data, since } = named.statement;
  if (!isRunning(data.state)) return null;
  return {
    id,
    name: data.name,
    kind: data.kind,
    engine: data.engine,
    node: data.node,
    pid: data.pid,
    service: named.service?.id ?? null,
    team: view.names.teamOf(named, view.clock()),
    environment: named.service?.environment ?? null,
    images: data.images,
    since,
  };
}

function isRunning(state: string): boolean {
  return state === 'running' || state === 'paused';
}
