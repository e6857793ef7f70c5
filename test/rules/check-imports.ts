import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { MODULES, type ModuleRule, SEAMS } from './module-map.ts';
import type { Import, SourceFile } from './source-file.ts';

/** Specifier in the package's `imports` map → file from the root: `./src/model/index.ts`. */
export type FrontDoors = Readonly<Record<string, string>>;

/** Every import of `file` that the table forbids, each as a sentence. */
export function forbiddenImports(file: SourceFile, doors: FrontDoors): readonly string[] {
  return file.imports.flatMap((each) => {
    const problem = problemOf(file.path, each, doors);
    return problem === null ? [] : [`${file.path}: ${each.specifier}: ${problem}`];
  });
}

/** `graph`, `loops/adopt`; null outside of `src`. */
export function moduleOf(path: string): string | null {
  const [top, first, second] = path.split('/');
  if (top !== 'src' || first === undefined) return null;
  return first === 'loops' ? `loops/${second}` : first;
}

/** Tests and what only they use may bring in more than the code beside them. */
export function isTestCode(path: string): boolean {
  return /\.(test|conformance|fixture)\.ts$/.test(path) || moduleOf(path) === null;
}

function problemOf(path: string, own: Import, doors: FrontDoors): string | null {
  if (own.specifier.startsWith('#')) return problemOfDoor(path, own, doors[own.specifier]);
  if (own.specifier.startsWith('.')) return problemOfRelative(path, join(dirname(path), own.specifier));
  return isTestCode(path) ? null : problemOfPackage(own.specifier, ruleOf(path));
}

function problemOfDoor(path: string, own: Import, target: string | undefined): string | null {
  if (target === undefined) return 'is not in the imports map of package.json';
  const from = moduleOf(path);
  const to = moduleOf(join(target));
  if (to === null || isTestCode(path)) return null;
  if (from === to) return 'is its own front door; import the file';
  const rule = ruleOf(path);
  if (to in rule.modules) return null;
  if (to in (rule.types ?? {})) return own.typesOnly ? null : `${from} may import types of ${to} only`;
  return `${from} may not import ${to}`;
}

function problemOfRelative(path: string, target: string): string | null {
  const from = moduleOf(path);
  const to = moduleOf(target);
  // Benchmarks measure what lies behind the doors.
  if (path.startsWith('bench/')) return null;
  if (from !== to && to !== null) return 'goes past a front door; import #' + to;
  if (from !== null && to === null && !isTestCode(path)) return problemOfOutside(from, target);
  return problemOfSeam(path, target);
}

/** The app alone reaches out of `src`: for the version, and for the example that its demo starts. */
function problemOfOutside(from: string, target: string): string | null {
  const allowed = from === 'app' && (target === 'package.json' || target.startsWith('examples/'));
  return allowed ? null : 'lies outside of src';
}

function problemOfSeam(path: string, target: string): string | null {
  for (const [folder, parts] of Object.entries(SEAMS)) {
    const within = (file: string) => parts.find((part) => file.startsWith(`${folder}/${part}/`));
    const [from, to] = [within(path), within(target)];
    if (from !== undefined && to !== undefined && from !== to)
      return `${from} and ${to} must not know each other`;
  }
  return null;
}

function problemOfPackage(specifier: string, rule: ModuleRule): string | null {
  if (isBuiltin(specifier)) {
    const allowed = typeof rule.node === 'boolean' ? rule.node : rule.node.includes(specifier);
    return allowed ? null : 'this module does no I/O';
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return name in (rule.packages ?? {}) ? null : 'this package is not in its row of the table';
}

function ruleOf(path: string): ModuleRule {
  const name = moduleOf(path) ?? '';
  const rule = MODULES[name];
  if (rule === undefined) throw new Error(`src/${name} has no row in test/rules/module-map.ts`);
  return rule;
}
