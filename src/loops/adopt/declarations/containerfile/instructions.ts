import type { DeclaredFile } from '../../questions.ts';
import { type Problem, quoted } from '../problem.ts';

/** One instruction of a Containerfile with all of its lines. */
export interface Instruction {
  /** `FROM`, in capitals. */
  readonly name: string;
  /** `--platform=linux/arm64`; those before the first word only. */
  readonly flags: ReadonlyMap<string, string>;
  /** What follows the flags, with continued lines joined, without comments. */
  readonly text: string;
  /** What stands in here-documents. */
  readonly documents: readonly HereDocument[];
  /** Of its first line, from 1. */
  readonly line: number;
  readonly column: number;
  /** The line on which a place of `text` stands. */
  lineAt(offset: number): number;
}

export interface HereDocument {
  readonly text: string;
  /** Of its first line. */
  readonly line: number;
}

/**
 * Takes a Containerfile apart: parser directives, comments, continued lines, here-documents.
 * https://docs.docker.com/reference/dockerfile/
 */
export function instructionsOf(file: DeclaredFile, problems: Problem[]): readonly Instruction[] {
  const lines = file.content.replace(/^\uFEFF/, '').split(/\r\n|\n/);
  const reader: Reader = { file, lines, escape: escapeOf(lines), at: 0, problems };
  const instructions: Instruction[] = [];
  while (reader.at < lines.length) {
    if (isEmptyOrComment(lines[reader.at])) reader.at++;
    else instructions.push(readInstruction(reader));
  }
  return instructions;
}

/** The file, and how far it is read. */
interface Reader {
  readonly file: DeclaredFile;
  readonly lines: readonly string[];
  /** What continues a line: a backslash, or a backtick. */
  readonly escape: string;
  at: number;
  readonly problems: Problem[];
}

/** Directives are comments before anything else, an empty line included: `# escape=` and a backtick. */
function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^\s*#\s*([a-z]+)\s*=\s*(.*?)\s*$/i.exec(line);
    if (directive === null) break;
    if (directive[1]?.toLowerCase() === 'escape' && directive[2] === '`') return '`';
  }
  return '\\';
}

function isEmptyOrComment(line: string | undefined): boolean {
  return line === undefined || /^\s*(?:#|$)/.test(line);
}

/** Where a joined line's parts begin, and on which lines they stand. */
interface Part {
  readonly from: number;
  readonly line: number;
}

function readInstruction(reader: Reader): Instruction {
  const line = reader.at + 1;
  const column = (/\S/.exec(reader.lines[reader.at] ?? '')?.index ?? 0) + 1;
  const { text: joined, parts } = readJoined(reader);
  const head = /^\s*(\S+)\s*/.exec(joined);
  const { flags, length } = flagsOf(joined.slice(head?.[0].length ?? 0));
  const skipped = (head?.[0].length ?? 0) + length;
  const name = (head?.[1] ?? '').toUpperCase();
  const text = joined.slice(skipped).trimEnd();
  return {
    name,
    flags,
    text,
    documents: HOLDING_DOCUMENTS.has(name) ? readDocuments(text, reader, { line, column }) : [],
    line,
    column,
    lineAt: (offset) => parts.findLast(({ from }) => from <= offset + skipped)?.line ?? line,
  };
}

const HOLDING_DOCUMENTS: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD']);

function readJoined(reader: Reader): { readonly text: string; readonly parts: readonly Part[] } {
  const parts: Part[] = [];
  let text = '';
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = reader.lines[reader.at] ?? '';
    // Comments and empty lines between continued ones don't end them.
    if (text !== '' && isEmptyOrComment(line)) continue;
    parts.push({ from: text.length, line: reader.at + 1 });
    const trimmed = line.trimEnd();
    const continues = trimmed.endsWith(reader.escape);
    text += continues ? `${trimmed.slice(0, -1)} ` : line;
    if (continues) continue;
    reader.at++;
    break;
  }
  return { text, parts };
}

function flagsOf(text: string): { readonly flags: ReadonlyMap<string, string>; readonly length: number } {
  const flags = new Map<string, string>();
  let length = 0;
  for (;;) {
    const flag = /^--([\w-]+)(?:=("[^"]*"|'[^']*'|\S*))?(?:\s+|$)/.exec(text.slice(length));
    if (flag === null) return { flags, length };
    flags.set(flag[1] ?? '', (flag[2] ?? '').replace(/^(["'])(.*)\1$/, '$2'));
    length += flag[0].length;
  }
}

function readDocuments(
  text: string,
  reader: Reader,
  place: { readonly line: number; readonly column: number },
): readonly HereDocument[] {
  const documents: HereDocument[] = [];
  for (const [, dash, , word = ''] of text.matchAll(/(?<!<)<<(-?)(["']?)([A-Za-z_][\w.]*)\2/g)) {
    const from = reader.at;
    const isEnd = (line: string): boolean => (dash === '' ? line : line.replace(/^\t+/, '')) === word;
    while (reader.at < reader.lines.length && !isEnd(reader.lines[reader.at] ?? '')) reader.at++;
    if (reader.at === reader.lines.length) {
      const message = `the here-document ${quoted(word)} never ends: expected a line that says only ${word}`;
      reader.problems.push({ place: { file: reader.file.name, ...place, length: 1, path: null }, message });
    }
    documents.push({ text: reader.lines.slice(from, reader.at).join('\n'), line: from + 1 });
    reader.at++;
  }
  return documents;
}
