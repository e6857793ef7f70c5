import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Scheme } from './ecosystem.ts';

/** The program by which an ecosystem itself orders versions. */
export interface OwnTool {
  readonly name: string;
  readonly scheme: Scheme;
  /** The Debian package that brings it. */
  readonly package: string;
  /** Reads lines of two versions with a tab between them; prints `<`, `=`, `>`, or `!` where it refuses one. */
  readonly command: () => readonly [program: string, ...rest: readonly string[]];
}

export type Sign = '<' | '=' | '>' | '!';

/** What the tool says of each pair. */
export async function askTool(
  tool: OwnTool,
  pairs: readonly (readonly [left: string, right: string])[],
): Promise<readonly Sign[]> {
  const [program, ...rest] = tool.command();
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  const [out, error] = [collect(child.stdout), collect(child.stderr)];
  // A tool that ended early says why by its exit status.
  child.stdin.on('error', () => undefined);
  child.stdin.end(pairs.map((pair) => `${pair.join('\t')}\n`).join(''));
  const [exit] = await once(child, 'close').catch(() => [-1]);
  if (exit !== 0) {
    throw new Error(`${tool.name} gave no answers: apt-get install ${tool.package}\n${error().slice(-500)}`);
  }
  // It prints nothing else.
  return out().trimEnd().split('\n') as Sign[];
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString();
}

const PERL = `
use Dpkg::Version;
while (my $line = <STDIN>) {
  chomp $line;
  my ($left, $right) = map { Dpkg::Version->new($_, check => 0) } split /\\t/, $line;
  my $order = $left->is_valid && $right->is_valid ? $left <=> $right : undef;
  print defined $order ? ('<', '=', '>')[$order + 1] : '!', "\\n";
}`;

const LUA = `%{lua:
for line in io.lines() do
  local tab = line:find("\\t", 1, true)
  local order = rpm.vercmp(line:sub(1, tab - 1), line:sub(tab + 1))
  print(({[-1] = "<", [0] = "=", [1] = ">"})[order] .. "\\n")
end}`;

const PYTHON = `
import sys
from packaging.version import InvalidVersion, Version
for line in sys.stdin:
    try:
        left, right = map(Version, line.rstrip('\\n').split('\\t'))
        print('<' if left < right else '>' if left > right else '=')
    except InvalidVersion:
        print('!')`;

const RUBY = `
STDIN.each_line do |line|
  begin
    left, right = line.chomp.split("\\t").map { |text| Gem::Version.new(text) }
    puts ['<', '=', '>'][(left <=> right) + 1]
  rescue ArgumentError
    puts '!'
  end
end`;

/** Where PHP gives two answers to one question, it has none. */
const PHP = `
while (($line = fgets(STDIN)) !== false) {
  [$left, $right] = explode("\\t", rtrim($line, "\\n"));
  $order = version_compare($left, $right);
  echo $order === -version_compare($right, $left) ? ['<', '=', '>'][$order + 1] : '!', "\\n";
}`;

const NODE = `
const { compare } = require(process.argv[1]);
for (const line of require('node:fs').readFileSync(0, 'utf8').trimEnd().split('\\n')) {
  let order = 2;
  try { order = compare(...line.split('\\t'), { loose: true }); } catch {}
  console.log('<=>!'[order + 1]);
}`;

export const OWN_TOOLS: readonly OwnTool[] = [
  { name: 'dpkg', scheme: 'debian', package: 'libdpkg-perl', command: () => ['perl', '-e', PERL] },
  { name: 'rpm', scheme: 'rpm', package: 'rpm', command: () => ['rpm', '--eval', LUA] },
  {
    name: "Python's packaging",
    scheme: 'python',
    package: 'python3-packaging',
    command: () => ['/usr/bin/python3', '-c', PYTHON],
  },
  { name: 'RubyGems', scheme: 'rubygems', package: 'ruby', command: () => ['ruby', '-e', RUBY] },
  { name: 'PHP', scheme: 'packagist', package: 'php-cli', command: () => ['php', '-r', PHP] },
  {
    name: "npm's semver",
    scheme: 'semver',
    package: 'npm',
    command: () => [process.execPath, '-e', NODE, join(npmDirectory(), 'node_modules/semver')],
  },
];

/** The npm that installed this checkout brings node-semver along; its program is `bin/npm-cli.js`. */
function npmDirectory(): string {
  const programs = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'npm'));
  for (const program of programs) {
    const found = realpathOf(program);
    if (found !== null) return dirname(dirname(found));
  }
  return 'nowhere';
}

function realpathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
