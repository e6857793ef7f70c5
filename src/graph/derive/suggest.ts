import { DEFAULT_APPLICATION, DEFAULT_ENVIRONMENT, type Owner, type Protocol, type Selector } from '#model';

import type { InstanceView } from './instance-view.ts';
import type { DerivedService } from './service.ts';
import { selectorsFor } from './suggested-selectors.ts';
import { yamlComment, yamlList, yamlText } from './yaml-text.ts';

/** A service as it runs. */
export interface ObservedService {
  readonly service: DerivedService;
  readonly declared: boolean;
  readonly instances: readonly InstanceView[];
  readonly owner: Owner | null;
}

/** A call that nobody has declared yet. */
export interface ObservedCall {
  /** Service id. */
  readonly from: string;
  /** Service id or external name. */
  readonly to: string;
  readonly port: number | null;
  readonly protocol: Protocol;
  /** What was seen, in words: `1,204 connections, the last one 3 s ago`. */
  readonly seen: string;
}

/** An address outside that nobody has named, or one that somebody has. */
export interface ObservedExternal {
  /** Its name; for an undeclared one its address. */
  readonly name: string;
  readonly declared: boolean;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  /** What was seen, in words. */
  readonly seen: string;
}

/**
 * A sheer.yaml for what runs and is not declared, with the evidence in comments. It reads back without an error beside
 * what is declared already, and once declared no instance has another name than before. What can't be said in it
 * stands there as a comment.
 */
export function suggestDeclarations(
  services: readonly ObservedService[],
  calls: readonly ObservedCall[],
  externals: readonly ObservedExternal[],
): string {
  const suggestion = new Suggestion(services, calls, externals);
  const sections = [suggestion.services(), suggestion.externals(), suggestion.otherCalls()];
  const written = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  const head = written.length === 0 ? NOTHING : HEAD;
  return `${[head, ...written].join('\n\n')}\n`;
}

const HEAD = [
  '# What runs here and is not declared yet, as Sheerline sees it.',
  '# Give each service its owner (a team under `teams:`), then: sheer declare sheer.yaml',
].join('\n');

const NOTHING = '# Everything that was seen here is declared.';

/** Longer ids come from hostile labels; nobody could read them. */
const ID_LENGTH_MAX = 1000;

class Suggestion {
  readonly #undeclared: readonly ObservedService[];
  readonly #calls: readonly ObservedCall[];
  readonly #callsFrom: ReadonlyMap<string, readonly ObservedCall[]>;
  /** Service ids and externals' names. */
  readonly #declared: ReadonlySet<string>;
  readonly #newExternals: readonly ObservedExternal[];
  readonly #selectors: ReadonlyMap<string, readonly Selector[]>;
  /** Services that this text declares. */
  readonly #declarable: ReadonlySet<string>;
  /** How each service is written: by its name alone where that is enough. */
  readonly #written: ReadonlyMap<string, string>;

  constructor(
    services: readonly ObservedService[],
    calls: readonly ObservedCall[],
    externals: readonly ObservedExternal[],
  ) {
    this.#undeclared = byId(services.filter(({ declared }) => !declared));
    this.#calls = [...new Map(calls.map((call) => [callKey(call), call])).entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, call]) => call);
    this.#callsFrom = Map.groupBy(this.#calls, ({ from }) => from);
    this.#declared = new Set([
      ...services.filter(({ declared }) => declared).map(({ service }) => service.id),
      ...externals.filter(({ declared }) => declared).map(({ name }) => name),
    ]);
    this.#newExternals = externals
      .filter(({ declared, addresses }) => !declared && addresses.length > 0)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const selected = ({ service, instances }: ObservedService) => ({ ...service, instances });
    const declared = services.filter((service) => service.declared);
    this.#selectors = selectorsFor(this.#undeclared.map(selected), declared.map(selected));
    this.#declarable = new Set([...this.#selectors.keys()].filter((id) => id.length <= ID_LENGTH_MAX));
    this.#written = writtenNames(services.map(({ service }) => service));
  }

  services(): readonly string[] {
    const blocks = this.#undeclared.map((observed) => this.#block(observed));
    const isEmpty = this.#undeclared.every((observed) => !this.#declarable.has(observed.service.id));
    return blocks.length === 0 ? [] : [isEmpty ? '# services:' : 'services:', ...blocks.flat()];
  }

  externals(): readonly string[] {
    if (this.#newExternals.length === 0) return [];
    return [
      'externals:',
      ...this.#newExternals.flatMap(({ name, addresses, ports, seen }) => [
        `  ${yamlComment(`${seen}; give it its name`)}`,
        `  ${yamlText(name)}:`,
        `    addresses: ${yamlList(addresses)}`,
        ...(ports.length === 0 ? [] : [`    ports: [${ports.join(', ')}]`]),
      ]),
    ];
  }

  /** Calls of services that are declared elsewhere. */
  otherCalls(): readonly string[] {
    const ofOthers = this.#calls.filter(({ from, to }) => this.#declared.has(from) && this.#canCall(to));
    if (ofOthers.length === 0) return [];
    return [
      'calls:',
      ...ofOthers.map((call) => {
        const from = yamlText(this.#nameOf(call.from));
        return `  - { from: ${from}, ${this.#target(call)} }   ${yamlComment(call.seen)}`;
      }),
    ];
  }

  #block({ service, instances, owner }: ObservedService): readonly string[] {
    const selectors = this.#selectors.get(service.id);
    const count = instances.length === 1 ? '1 instance' : `${instances.length} instances`;
    const owned =
      owner === null ? 'nobody owns it' : `owned by ${owner.team} (${owner.location ?? owner.basis})`;
    const evidence = `  ${yamlComment(`${count}, known by ${service.how}; ${owned}`)}`;
    if (selectors === undefined || !this.#declarable.has(service.id)) {
      const name = yamlComment(`${this.#nameOf(service.id)}: no selector tells it apart from what else runs`);
      return [evidence, `  ${name}`];
    }
    return [evidence, ...this.#declaration(service, selectors), ...this.#callLines(service.id)];
  }

  #declaration(service: DerivedService, selectors: readonly Selector[]): readonly string[] {
    const { application, environment } = service;
    const written = this.#nameOf(service.id);
    const isShort = written === service.name;
    return [
      `  ${yamlText(written)}:`,
      ...(isShort && application !== DEFAULT_APPLICATION
        ? [`    application: ${yamlText(application)}`]
        : []),
      ...(isShort && environment !== DEFAULT_ENVIRONMENT
        ? [`    environment: ${yamlText(environment)}`]
        : []),
      ...(selectors.length === 1
        ? selectors.map((selector) => `    match: ${selectorText(selector)}`)
        : ['    match:', ...selectors.map((selector) => `      - ${selectorText(selector)}`)]),
    ];
  }

  #callLines(id: string): readonly string[] {
    const lines = (this.#callsFrom.get(id) ?? []).map((call) => {
      const line = `- { ${this.#target(call)} }`;
      if (this.#canCall(call.to)) return `      ${line}   ${yamlComment(call.seen)}`;
      const isGone = isService(call.to) && !this.#written.has(call.to);
      const reason = isGone ? 'nothing of it runs now' : 'it has no name here yet';
      return `      ${yamlComment(`${line}: ${call.seen}, but ${reason}`)}`;
    });
    return lines.length === 0 ? [] : ['    calls:', ...lines];
  }

  #target({ to, port, protocol }: ObservedCall): string {
    const isNamed = this.#written.has(to) || isService(to);
    const target = isNamed ? `service: ${yamlText(this.#nameOf(to))}` : `external: ${yamlText(to)}`;
    const atPort = port === null ? '' : `, port: ${port}`;
    return `${target}${atPort}${protocol === 'tcp' ? '' : `, protocol: ${protocol}`}`;
  }

  /** Whether this text or what is declared already has the name. */
  #canCall(to: string): boolean {
    return (
      this.#declared.has(to) || this.#declarable.has(to) || this.#newExternals.some(({ name }) => name === to)
    );
  }

  #nameOf(id: string): string {
    return this.#written.get(id) ?? id;
  }
}

/** `environment/application/name`; an external's name has no such form. */
const isService = (id: string): boolean => id.split('/').length === 3;

function selectorText(selector: Selector): string {
  const { label, port, ...texts } = selector;
  const conditions = Object.entries(texts).map(([key, text]) => `${key}: ${yamlText(text)}`);
  if (label !== undefined) conditions.unshift(`label: ${yamlList(label)}`);
  if (port !== undefined) conditions.push(`port: ${port}`);
  return `{ ${conditions.join(', ')} }`;
}

function writtenNames(services: readonly DerivedService[]): ReadonlyMap<string, string> {
  const count = new Map<string, number>();
  for (const { name } of services) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(services.map(({ id, name }) => [id, count.get(name) === 1 ? name : id]));
}

function byId(services: readonly ObservedService[]): readonly ObservedService[] {
  return services.toSorted((a, b) => (a.service.id < b.service.id ? -1 : 1));
}

function callKey({ from, to, port, protocol }: ObservedCall): string {
  return `${from} ${to} ${port ?? ''} ${protocol}`;
}
