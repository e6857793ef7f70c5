import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readGoProgram } from './go.ts';

describe('programs that Go itself built', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sheerline-go-'));
  after(() => rmSync(directory, { recursive: true }));

  before(() => {
    // A module that is replaced by a directory has no version, and can be had without a network.
    mkdirSync(join(directory, 'local'));
    writeFileSync(join(directory, 'local/go.mod'), 'module example.com/local\n');
    writeFileSync(join(directory, 'local/local.go'), 'package local\nfunc Say() string { return "x" }\n');
    const requires = 'require example.com/local v1.2.3\nreplace example.com/local => ./local\n';
    writeFileSync(join(directory, 'go.mod'), `module example.com/app\n\ngo 1.18\n\n${requires}`);
    const source = 'package main\nimport "example.com/local"\nfunc main() { println(local.Say()) }\n';
    writeFileSync(join(directory, 'main.go'), source);
  });

  function build(flags: readonly string[], environment: Readonly<Record<string, string>>): Buffer {
    const options = {
      cwd: directory,
      env: {
        ...process.env,
        GOFLAGS: '-mod=mod',
        GOPROXY: 'off',
        GOTOOLCHAIN: 'local',
        CGO_ENABLED: '0',
        ...environment,
      },
    };
    try {
      execFileSync('go', ['build', '-o', 'app', ...flags, '.'], options);
    } catch (cause) {
      const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      throw isMissing ? new Error('go is missing: apt-get install golang-go', { cause }) : cause;
    }
    return readFileSync(join(directory, 'app'));
  }

  const ways: readonly (readonly [
    how: string,
    flags: readonly string[],
    environment: Readonly<Record<string, string>>,
  ])[] = [
    ['as usual', [], {}],
    ['stripped, without an id', ['-ldflags=-s -w -buildid='], {}],
    ['position-independent', ['-buildmode=pie'], {}],
    ['for 32 bits', [], { GOARCH: '386' }],
    ['for a big-endian machine', [], { GOARCH: 's390x' }],
  ];
  for (const [how, flags, environment] of ways) {
    it(`${how}: as go version -m tells it`, () => {
      const bytes = build(flags, environment);
      const told = execFileSync('go', ['version', '-m', join(directory, 'app')], { encoding: 'utf8' });
      const [, version] = /: go(\S+)/.exec(told) ?? [];
      const reading = readGoProgram(bytes);
      assert.deepEqual(
        reading?.packages.map(({ name, version: own }) => `${name} ${own}`),
        [`stdlib ${version}`],
      );
      assert.match(told, /example\.com\/local/);
    });
  }
});
