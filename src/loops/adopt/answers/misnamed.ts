import { closest } from '#model';
import { LATEST } from '#graph';
import { AdoptError } from '../adopt-error.ts';
import { INTERNET } from '../attribution/attributed-flow.ts';
import type { ListFilter } from '../questions.ts';
import { teamAnswers } from './inventory.ts';
import { servicesAt } from './services.ts';
import type { View } from './view.ts';

/** A question about something that does not exist; with the name that was probably meant. */
export function notFound(
  message: string,
  asked: { readonly name: string; readonly known: Iterable<string>; readonly next: string },
): AdoptError {
  const known = [...asked.known];
  const meant = closest(asked.name, known) ?? known.find((name) => hasPart(name, asked.name));
  const hint = meant === undefined || meant === asked.name ? '' : ` (did you mean "${meant}"?)`;
  return new AdoptError('not-found', `${message}${hint}`, { next: asked.next });
}

/** `redis` is a part of redis-server and of docker.io/library/redis:7. */
const hasPart = (name: string, part: string): boolean =>
  part !== '' &&
  name
    .toLowerCase()
    .split(/[-_/:.]/)
    .includes(part.toLowerCase());

/** Names of everything that somebody can ask about, for suggestions. */
export function allNames(view: View): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name } of servicesAt(view, LATEST)) names.add(name);
  for (const { id } of teamAnswers(view, { at: null, team: null, environment: null })) names.add(id);
  for (const { id } of view.graph.all('external')) names.add(id);
  for (const { data } of view.graph.all('instance')) names.add(data.name);
  for (const { data } of view.graph.all('image')) for (const name of data.names) names.add(name);
  return names;
}

/**
 * An empty list says that there is nothing of the team, the environment or the service; to be asked
 * where a list is empty. Throws where the name is nobody's, neither then nor now.
 */
export function demandKnown(view: View, filter: ListFilter & { readonly service?: string | null }): void {
  const { team, environment, service = null } = filter;
  const groups = servicesAt(view, LATEST);
  const demand = (what: string, name: string | null, known: readonly string[]): void => {
    if (name === null || known.includes(name)) return;
    throw notFound(`there is no ${what} "${name}"`, { name, known, next: `sheer ${NEXT[what] ?? what}` });
  };
  demand(
    'team',
    team,
    teamAnswers(view, { at: null, team: null, environment: null }).map(({ id }) => id),
  );
  demand(
    'environment',
    environment,
    groups.map((group) => group.environment),
  );
  demand(
    'service',
    service,
    groups.flatMap(({ id, name }) => [name, id]),
  );
}

const NEXT: Readonly<Record<string, string>> = {
  team: 'teams',
  environment: 'services',
  service: 'services',
};

/** The same for the ends of flows: names, addresses and ids of all that ever was. */
export function demandEnd(view: View, name: string | null): void {
  if (name === null || wasEver(view, name)) return;
  throw notFound(`nothing is called "${name}": no service, instance, external or address`, {
    name,
    known: allNames(view),
    next: 'sheer services',
  });
}

const OTHER_ENDS: ReadonlySet<string> = new Set([INTERNET, 'unknown', 'ambiguous']);

/** Digits, dots and colons: nobody else is called so. */
const ADDRESS = /^[0-9a-f.:]*[.:][0-9a-f.:]*$/i;

function wasEver(view: View, name: string): boolean {
  if (OTHER_ENDS.has(name) || name === view.node || ADDRESS.test(name) || allNames(view).has(name))
    return true;
  const { facts } = view.graph;
  for (let subject = 0; subject < facts.subjectCount; subject++) {
    const id = facts.subjectId(subject);
    if (id === name || id.endsWith(`/${name}`)) return true;
    if (facts.subjectKind(subject) === 'instance' && lastNames(view, id).includes(name)) return true;
  }
  return false;
}

function lastNames(view: View, id: string): readonly string[] {
  const last = view.names.lastInstance(id);
  if (last === null) return [];
  return [last.statement.data.name, ...(last.service === null ? [] : [last.service.name])];
}
