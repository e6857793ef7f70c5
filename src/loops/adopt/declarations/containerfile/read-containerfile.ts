import { type BuildCopy, type BuildDownload, type BuildOrigin, type BuildStage, closest } from '#model';
import type { DeclaredFile } from '../../questions.ts';
import { didYouMean, type Problem, quoted } from '../problem.ts';
import { downloadsOf } from './downloads.ts';
import { expand } from './expand.ts';
import { type Instruction, instructionsOf } from './instructions.ts';

/** What a Containerfile says of where an image comes from. */
export interface Containerfile {
  readonly stages: readonly BuildStage[];
  readonly copies: readonly BuildCopy[];
  readonly downloads: readonly BuildDownload[];
  /** With any of them, the rest is of no use. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Reads what builds of Docker, Podman and BuildKit read, as far as it tells where files come from. */
export function readContainerfile(file: DeclaredFile): Containerfile {
  const problems: Problem[] = [];
  const instructions = instructionsOf(file, problems);
  const reading: Reading = {
    file,
    values: new Map(),
    names: stageNames(instructions),
    stages: [],
    copies: [],
    downloads: [],
    problems,
    warnings: [],
  };
  for (const instruction of instructions) read(instruction, reading);
  if (problems.length === 0 && reading.stages.length === 0)
    refuse(reading, { line: 1, column: 1, length: 1 }, 'there is no FROM in this file');
  return reading;
}

/** The stage that becomes the image, by its name or index; null: there is none. */
export function targetStage(stages: readonly BuildStage[], target: string | null): number | null {
  if (target === null) return stages.length - 1;
  const named = stages.findLastIndex(({ name }) => name === target.toLowerCase());
  if (named >= 0) return named;
  return /^\d{1,6}$/.test(target) && Number(target) < stages.length ? Number(target) : null;
}

/** What a stage is built upon in the end, through all stages in between. */
export function originBelow(stages: readonly BuildStage[], stage: number): BuildOrigin {
  let from: BuildOrigin = { kind: 'stage', stage };
  // A stage is built on an earlier one, so this ends.
  while (from.kind === 'stage') from = stages[from.stage]?.from ?? { kind: 'scratch' };
  return from;
}

interface Reading extends Containerfile {
  readonly file: DeclaredFile;
  /** Arguments from before the first FROM; only those count in a FROM. */
  readonly values: Map<string, string | null>;
  /** Names of all stages, in their order: a COPY may name a later one. */
  readonly names: readonly (string | null)[];
  readonly stages: BuildStage[];
  readonly copies: BuildCopy[];
  readonly downloads: BuildDownload[];
  readonly problems: Problem[];
  readonly warnings: string[];
}

const INSTRUCTIONS: readonly string[] = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
];

function read(instruction: Instruction, reading: Reading): void {
  const { name, line } = instruction;
  if (!INSTRUCTIONS.includes(name)) {
    const suggestion = didYouMean(closest(name, INSTRUCTIONS));
    return refuse(reading, placeOf(instruction), `there is no instruction ${quoted(name)}${suggestion}`);
  }
  const isFirst = reading.stages.length === 0;
  if (name === 'FROM') return readFrom(instruction, reading);
  if (name === 'ARG' && isFirst) return readArguments(instruction, reading);
  if (isFirst) return refuse(reading, placeOf(instruction), `expected FROM before ${name}`);
  if (name === 'ONBUILD')
    reading.warnings.push(
      `${reading.file.name}:${line}: ONBUILD is not used: it speaks of other images' builds`,
    );
  if (name === 'COPY' || name === 'ADD') readCopy(instruction, reading);
  reading.downloads.push(...downloadsOf(instruction, reading.stages.length - 1));
}

function stageNames(instructions: readonly Instruction[]): readonly (string | null)[] {
  return instructions
    .filter(({ name }) => name === 'FROM')
    .map(({ text }) => /\sAS\s+(\S+)\s*$/i.exec(text)?.[1]?.toLowerCase() ?? null);
}

function readArguments({ text }: Instruction, { values }: Reading): void {
  for (const [, name = '', value] of text.matchAll(/([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S*))?/g))
    values.set(name, value === undefined ? (values.get(name) ?? null) : expand(value, values));
}

function readFrom(instruction: Instruction, reading: Reading): void {
  const words = instruction.text.split(/\s+/);
  const [reference = '', as, name] = words;
  if (
    reference === '' ||
    (words.length !== 1 && words.length !== 3) ||
    (as !== undefined && !/^as$/i.test(as))
  )
    return refuse(
      reading,
      placeOf(instruction),
      `expected FROM image, or FROM image AS name, found ${quoted(`FROM ${instruction.text}`)}`,
    );
  if (name !== undefined && !/^[a-z][\w.-]*$/i.test(name))
    return refuse(
      reading,
      placeOf(instruction),
      `${quoted(name)} is no stage's name: expected letters, digits, -, _ and .`,
    );
  const platform = instruction.flags.get('platform') ?? null;
  const from = originOfFrom(reference, instruction, reading);
  const { line } = instruction;
  reading.stages.push({ name: name?.toLowerCase() ?? null, from, platform, line });
}

function originOfFrom(written: string, { line }: Instruction, reading: Reading): BuildOrigin {
  const reference = expand(written, reading.values);
  if (reference === null || reference === '') {
    reading.warnings.push(
      `${reading.file.name}:${line}: the base ${quoted(written)} is not known: its argument has no default`,
    );
    return { kind: 'unknown', written };
  }
  if (reference === 'scratch') return { kind: 'scratch' };
  const stage = reading.names.slice(0, reading.stages.length).lastIndexOf(reference.toLowerCase());
  return stage >= 0 ? { kind: 'stage', stage } : { kind: 'image', reference };
}

function readCopy(instruction: Instruction, reading: Reading): void {
  const from = instruction.flags.get('from');
  if (from === undefined) return;
  const words = wordsOf(instruction.text);
  const destination = words.at(-1);
  if (words.length < 2 || destination === undefined)
    return refuse(
      reading,
      placeOf(instruction),
      `expected what to copy and where to, found ${quoted(instruction.text)}`,
    );
  const origin = originOfCopy(from, instruction, reading);
  if (origin === null) return;
  const stage = reading.stages.length - 1;
  reading.copies.push({
    stage,
    from: origin,
    sources: words.slice(0, -1),
    destination,
    line: instruction.line,
  });
}

/** Null: refused. */
function originOfCopy(written: string, instruction: Instruction, reading: Reading): BuildOrigin | null {
  const own = reading.stages.length - 1;
  const name = expand(written, reading.values)?.toLowerCase() ?? null;
  if (name === null || name === '') {
    reading.warnings.push(
      `${reading.file.name}:${instruction.line}: what --from=${written} means is not known: its argument has no default`,
    );
    return { kind: 'unknown', written };
  }
  if (/^\d+$/.test(name)) {
    if (Number(name) < own) return { kind: 'stage', stage: Number(name) };
    refuse(reading, placeOf(instruction), `there is no stage ${name} before this one: stages count from 0`);
    return null;
  }
  const earlier = reading.names.slice(0, own).lastIndexOf(name);
  const stage = earlier >= 0 ? earlier : reading.names.indexOf(name, own + 1);
  if (stage >= 0) return { kind: 'stage', stage };
  if (reading.names[own] === name) {
    refuse(reading, placeOf(instruction), `the stage ${quoted(name)} can't copy from itself`);
    return null;
  }
  return { kind: 'image', reference: expand(written, reading.values) ?? written };
}

/** Both forms: `a b /c` and `["a", "b", "/c"]`. */
function wordsOf(text: string): readonly string[] {
  if (text.startsWith('[')) {
    try {
      const words: unknown = JSON.parse(text);
      if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
    } catch {
      // Not that form: Docker takes it as words, too.
    }
  }
  return text.split(/\s+/).filter((word) => word !== '');
}

interface Where {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

function placeOf({ line, column, name }: Instruction): Where {
  return { line, column, length: name.length };
}

function refuse({ file, problems }: Reading, where: Where, message: string): void {
  problems.push({ place: { file: file.name, ...where, path: null }, message });
}
