import type { FileReading, FoundPackage } from '../layer-scan.ts';

/** No registry and no distribution allows longer ones. */
const NAME_LENGTH_MAX = 512;
const VERSION_LENGTH_MAX = 256;
const PROBLEMS_MAX = 20;
const OWNED_LENGTH_MAX = 4096;

/** Only names and versions that may be shown and kept: what a foreign file says can be anything. */
export function soundReading(reading: FileReading): FileReading {
  const packages = reading.packages.filter(isSound);
  const refused = reading.packages.length - packages.length;
  const problems = reading.problems.slice(0, PROBLEMS_MAX).map((problem) => printable(problem).slice(0, 300));
  if (reading.problems.length > PROBLEMS_MAX) {
    problems.push(`${reading.problems.length - PROBLEMS_MAX} more problems like these`);
  }
  if (refused > 0) problems.push(`${refused} packages have a name or a version that can't be one`);
  return {
    packages,
    problems,
    ...(reading.owns === undefined
      ? {}
      : { owns: reading.owns.filter((path) => path.length < OWNED_LENGTH_MAX) }),
    ...(reading.distribution === undefined ? {} : { distribution: soundDistribution(reading.distribution) }),
  };
}

function isSound({ name, version, architecture, source }: FoundPackage): boolean {
  return (
    isWord(name, NAME_LENGTH_MAX) &&
    isWord(version, VERSION_LENGTH_MAX) &&
    (architecture === null || isWord(architecture, 64)) &&
    (source === null || (isWord(source.name, NAME_LENGTH_MAX) && isWord(source.version, VERSION_LENGTH_MAX)))
  );
}

function isWord(text: string, lengthMax: number): boolean {
  return text.length > 0 && text.length <= lengthMax && text === printable(text);
}

function soundDistribution(
  given: NonNullable<FileReading['distribution']>,
): NonNullable<FileReading['distribution']> {
  const short = (text: string) => printable(text).slice(0, 200);
  return {
    id: short(given.id),
    versionId: given.versionId === null ? null : short(given.versionId),
    name: short(given.name),
  };
}

/** Control characters could move a terminal's cursor; the others here turn text around. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]/gu, '?');
}
