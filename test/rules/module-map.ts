/** Which module may import which, and why; what is not here is forbidden. */
export interface ModuleRule {
  /** Other modules, through their front doors. */
  readonly modules: Readonly<Record<string, string>>;
  /** Modules of which only types may be imported. */
  readonly types?: Readonly<Record<string, string>>;
  /** Packages from the registry. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Whether it may use Node's own modules; `false` also means: does no I/O. */
  readonly node: boolean | readonly string[];
}

const WORDS = 'its vocabulary: facts, instants, scopes, errors';

export const MODULES: Readonly<Record<string, ModuleRule>> = {
  model: {
    modules: {},
    packages: { zod: 'schemas of manifests and answers' },
    node: false,
  },
  proc: { modules: { model: WORDS }, node: true },
  store: { modules: { model: WORDS }, node: true },
  graph: {
    modules: {
      model: WORDS,
      versions: 'keeps the versions of a package in their order, so that a range is a run of them',
    },
    node: false,
  },
  versions: { modules: {}, node: false },
  engines: { modules: { model: WORDS, proc: 'reads /proc, as the sensors do' }, node: true },
  sensors: { modules: { model: WORDS, proc: 'reads /proc, as the engines do' }, node: true },
  'loops/adopt': {
    modules: {
      model: WORDS,
      store: 'records what is seen and declared',
      graph: 'answers from it, level-based',
    },
    types: {
      engines: 'the contract of what it observes; which engines there are is wired by the app',
      sensors: 'the contract of what it observes; which sensors there are is wired by the app',
    },
    packages: { yaml: 'manifests, with the place of every error', zod: 'what a schema found wrong' },
    node: true,
  },
  'loops/patch': {
    modules: {
      model: WORDS,
      store: 'records lists, waivers and cases; keeps lists and proofs as content',
      graph: 'answers from it, level-based',
      versions: 'what a range of an advisory holds',
    },
    types: { sensors: 'the contracts of what reads images and documents; the app wires the readers' },
    node: true,
  },
  server: {
    modules: { model: WORDS, graph: 'its answers', 'loops/adopt': 'the questions that it serves' },
    types: {
      store: 'facts and heads for the event stream',
      'loops/patch': 'the questions that it serves',
    },
    packages: {
      hono: 'routes',
      '@hono/node-server': "hono on Node's own server",
      zod: 'OpenAPI from schemas',
    },
    node: true,
  },
  sdk: { modules: {}, types: { model: 'the types of the answers; browser-safe, so no code' }, node: false },
  cli: {
    modules: {
      sdk: 'the only way to a control plane',
      model: WORDS,
      versions: 'compares them on the spot: pure, and nothing that a control plane knows better',
    },
    packages: {
      commander: 'commands, options and help',
      yaml: 'finds the Containerfiles that a sheer.yaml speaks of, to send them along',
    },
    node: true,
  },
  app: {
    modules: {
      model: WORDS,
      proc: 'wires it',
      store: 'wires it',
      graph: 'wires it',
      engines: 'wires them',
      sensors: 'wires them',
      'loops/adopt': 'wires it',
      'loops/patch': 'wires it',
      server: 'wires it',
      sdk: 'talks to a control plane that runs already',
      cli: 'adds the commands that need no server',
    },
    packages: { commander: 'the commands that need no server' },
    node: true,
  },
};

/** Folders whose parts are implementations of one seam, and never import each other. */
export const SEAMS: Readonly<Record<string, readonly string[]>> = {
  'src/engines': ['containers', 'processes'],
  'src/sensors': ['tcp', 'conntrack', 'sockets', 'flow-logs', 'packages', 'registry', 'advisories'],
  'src/loops': ['adopt', 'patch'],
};
