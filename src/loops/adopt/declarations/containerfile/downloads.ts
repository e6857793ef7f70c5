import type { BuildDownload } from '#model';
import type { Instruction } from './instructions.ts';

/** What an instruction fetches past every package manager: `ADD` of a URL, `curl` and `wget` in a `RUN`. */
export function downloadsOf(instruction: Instruction, stage: number): readonly BuildDownload[] {
  if (instruction.name === 'ADD')
    return REMOTE.test(instruction.text) ? [{ stage, line: instruction.line, by: 'ADD' }] : [];
  if (instruction.name !== 'RUN') return [];
  const found: BuildDownload[] = [];
  for (const { by, offset } of fetchesOf(instruction.text))
    found.push({ stage, line: instruction.lineAt(offset), by });
  for (const { text, line } of instruction.documents) {
    for (const [index, one] of text.split('\n').entries())
      for (const { by } of fetchesOf(one)) found.push({ stage, line: line + index, by });
  }
  return found;
}

const REMOTE = /(?:^|[\s["'])(?:https?:\/\/|git@|git:\/\/)/;

interface Fetch {
  readonly by: 'curl' | 'wget';
  readonly offset: number;
}

/** Only where the word stands as a command: `apt-get install curl` fetches nothing by hand. */
function fetchesOf(text: string): readonly Fetch[] {
  return Array.from(text.matchAll(FETCH), (match): Fetch => {
    const by = match[1] === 'wget' ? 'wget' : 'curl';
    return { by, offset: match.index + match[0].lastIndexOf(by) };
  });
}

/**
 * A command begins at the start, after `;`, `&`, `|`, `(`, a backtick, `sh -c "` or `["`; words of the
 * shell and assignments may stand before it.
 */
const FETCH =
  /(?:^|[;&|(`]|-c["',\s]{1,8}["']|\[\s{0,8}["'])\s*(?:(?:if|then|else|elif|do|while|until|!|exec|sudo|time|\w+=[^\s;&|]*)\s+)*(?:\/[\w/]*\/)?(curl|wget)(?=[\s"']|$)/g;
