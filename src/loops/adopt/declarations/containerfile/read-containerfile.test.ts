import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import type { BuildOrigin } from '#model';
import { type Containerfile, originBelow, readContainerfile, targetStage } from './read-containerfile.ts';

const read = (...lines: readonly string[]): Containerfile =>
  readContainerfile({ name: 'Containerfile', content: lines.join('\n') });

/** `image debian:12`, `stage 0` */
function text(origin: BuildOrigin | undefined): string {
  switch (origin?.kind) {
    case 'image':
      return `image ${origin.reference}`;
    case 'stage':
      return `stage ${origin.stage}`;
    case 'unknown':
      return `unknown ${origin.written}`;
    case 'scratch':
      return 'scratch';
    default:
      return 'none';
  }
}

describe('a stage of a Containerfile', () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['is built on an image', ['FROM debian:12'], ['image debian:12']],
    ['is built on nothing', ['FROM scratch'], ['scratch']],
    ['is built on another one, whatever the case', ['FROM a AS Base', 'from base'], ['image a', 'stage 0']],
    [
      'is built on the last one of that name',
      ['FROM a AS x', 'FROM b AS x', 'FROM x'],
      ['image a', 'image b', 'stage 1'],
    ],
    [
      'is built on an image that a later stage is called like',
      ['FROM x', 'FROM a AS x'],
      ['image x', 'image a'],
    ],
    ['takes the default of an argument', ['ARG V=12', 'FROM debian:${V}-slim'], ['image debian:12-slim']],
    ['takes arguments of arguments', ['ARG V=12 R=r.example/$V', 'FROM $R/x'], ['image r.example/12/x']],
    ['takes what stands in quotes', ['ARG V="12"', 'FROM "debian:$V"'], ['image debian:12']],
    ['takes defaults where they are used', ['ARG V', 'FROM debian:${V:-12}'], ['image debian:12']],
    ['takes defaults that are arguments', ['ARG D=11', 'FROM debian:${V:-${D}}'], ['image debian:11']],
    ['takes what stands instead', ['ARG V=1', 'FROM debian:12${V:+-slim}'], ['image debian:12-slim']],
    ['is built on something unknown', ['ARG V', 'FROM debian:$V'], ['unknown debian:$V']],
    [
      'is built on something unknown, by what we can’t work out',
      ['ARG V=a', 'FROM ${V%a}'],
      ['unknown ${V%a}'],
    ],
    ['does not take arguments of stages', ['FROM a', 'ARG V=1', 'FROM b:$V'], ['image a', 'unknown b:$V']],
    [
      'stands on continued lines with comments',
      ['FROM \\', '# why', '', '  debian:12 \\', ' AS x'],
      ['image debian:12'],
    ],
    ['stands on lines that a backtick continues', ['# escape=`', 'FROM `', 'debian:12'], ['image debian:12']],
    [
      'is not in a directive after a comment',
      ['# a comment', '# escape=`', 'FROM \\', 'debian'],
      ['image debian'],
    ],
    [
      'is not in a here-document',
      ['FROM a', 'RUN <<EOF', 'FROM b', 'EOF', 'RUN <<-"A" cat <<B', 'FROM c', '\tA', 'FROM d', 'B'],
      ['image a'],
    ],
    ['comes after a byte order mark', ['\uFEFFFROM a\r'], ['image a']],
    ['has a platform', ['FROM --platform=$BUILDPLATFORM a AS b'], ['image a']],
  ];
  for (const [name, lines, expected] of rows) {
    it(name, () => {
      const { stages, problems } = read(...lines);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        stages.map(({ from }) => text(from)),
        expected,
      );
    });
  }

  it('has its name, platform and line', () => {
    const { stages } = read('# syntax=docker/dockerfile:1', '', 'FROM --platform=linux/arm64 a AS Build');
    assert.deepEqual(stages, [
      { name: 'build', from: { kind: 'image', reference: 'a' }, platform: 'linux/arm64', line: 3 },
    ]);
  });
});

describe('what a Containerfile copies', () => {
  const rows: readonly (readonly [string, string, string | null])[] = [
    ['from a stage', 'COPY --from=build /out /app/', 'stage 0: /out → /app/'],
    ['from a stage by its number', 'COPY --chown=1:1 --from=0 /a /b /app/', 'stage 0: /a,/b → /app/'],
    ['from a later stage', 'COPY --from=last /out /app', 'stage 2: /out → /app'],
    [
      'from an image',
      'COPY --from=ghcr.example/Uv:1 ["/uv", "/bin/"]',
      'image ghcr.example/Uv:1: /uv → /bin/',
    ],
    ['from an image whose version is an argument', 'COPY --from=uv:$UV /uv /bin/', 'image uv:9: /uv → /bin/'],
    ['from something unknown', 'COPY --from=uv:$X /uv /bin/', 'unknown uv:$X: /uv → /bin/'],
    ['by ADD', 'ADD --from=build /out /app', 'stage 0: /out → /app'],
    ['from the context', 'COPY . /app', null],
  ];
  for (const [name, line, expected] of rows) {
    it(name, () => {
      const { copies, problems } = read('ARG UV=9', 'FROM a AS build', 'FROM b', line, 'FROM c AS last');
      assert.deepEqual(problems, []);
      const [copy] = copies;
      assert.equal(
        copy === undefined ? null : `${text(copy.from)}: ${copy.sources.join()} → ${copy.destination}`,
        expected,
      );
      if (copy !== undefined) assert.deepEqual([copy.stage, copy.line], [1, 4]);
    });
  }
});

describe('what a Containerfile downloads', () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['by ADD', ['ADD https://example.com/a.tar.gz /opt/'], ['2 ADD']],
    ['from a repository', ['ADD git@example.com:a/b.git#v1 /src'], ['2 ADD']],
    ['by curl', ['RUN curl -fsSL https://example.com/a | tar xz'], ['2 curl']],
    [
      'after other commands',
      ['RUN set -e; \\', '  cd /opt && \\', '  /usr/bin/wget -q https://example.com/a'],
      ['4 wget'],
    ],
    [
      'within others',
      ['RUN if ! curl -f x; then A=1 wget y; fi; x=$(curl z)'],
      ['2 curl', '2 wget', '2 curl'],
    ],
    ['by a list of words', ['RUN ["curl", "-o", "/a", "https://example.com/a"]'], ['2 curl']],
    ['by a shell in a list', ['RUN ["sh", "-c", "wget https://example.com/a"]'], ['2 wget']],
    ['in a here-document', ['RUN <<EOF', 'set -e', 'curl -O https://example.com/a', 'EOF'], ['4 curl']],
    ['not by installing curl', ['RUN apk add \\', '  curl \\', '  wget'], []],
    ['not by ADD of a file', ['ADD https.tar /opt/'], []],
  ];
  for (const [name, lines, expected] of rows) {
    it(name, () => {
      const { downloads, problems } = read('FROM a', ...lines);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        downloads.map(({ line, by }) => `${line} ${by}`),
        expected,
      );
    });
  }
});

describe('the target of a Containerfile', () => {
  const { stages } = read('FROM a AS one', 'FROM one', 'FROM scratch AS last');
  const rows = [
    [null, 'scratch'],
    ['one', 'image a'],
    ['ONE', 'image a'],
    ['1', 'image a'],
    ['3', 'none'],
    ['two', 'none'],
  ] as const;
  for (const [target, expected] of rows) {
    it(`${target ?? 'without a name'}: ${expected}`, () => {
      const stage = targetStage(stages, target);
      assert.equal(stage === null ? 'none' : text(originBelow(stages, stage)), expected);
    });
  }
});

describe('a Containerfile that is wrong', () => {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [[''], '1:1: there is no FROM in this file'],
    [['# only', 'ARG A=1'], '1:1: there is no FROM in this file'],
    [['RUN true', 'FROM a'], '1:1: expected FROM before RUN'],
    [['FROM a', '  CPOY a b'], '2:3: there is no instruction "CPOY" (did you mean "COPY"?)'],
    [['FROM'], '1:1: expected FROM image, or FROM image AS name, found "FROM "'],
    [['FROM a b c'], '1:1: expected FROM image, or FROM image AS name, found "FROM a b c"'],
    [['FROM a AS 1b'], '1:1: "1b" is no stage\'s name: expected letters, digits, -, _ and .'],
    [['FROM a', 'COPY --from=1 /a /b'], '2:1: there is no stage 1 before this one: stages count from 0'],
    [['FROM a AS b', 'COPY --from=b /a /b'], '2:1: the stage "b" can\'t copy from itself'],
    [['FROM a AS b', 'FROM c', 'COPY --from=b /a'], '3:1: expected what to copy and where to, found "/a"'],
    [
      ['FROM a', 'RUN <<EOF', 'true'],
      '2:1: the here-document "EOF" never ends: expected a line that says only EOF',
    ],
  ];
  for (const [lines, expected] of rows) {
    it(expected, () => {
      const [first, ...others] = read(...lines).problems;
      assert.equal(`${first?.place.line}:${first?.place.column}: ${first?.message}`, expected);
      assert.deepEqual(others, []);
    });
  }

  it('says what it leaves out', () => {
    assert.deepEqual(read('ARG V', 'FROM a:$V', 'ONBUILD RUN true', 'COPY --from=$V /a /b').warnings, [
      'Containerfile:2: the base "a:$V" is not known: its argument has no default',
      "Containerfile:3: ONBUILD is not used: it speaks of other images' builds",
      'Containerfile:4: what --from=$V means is not known: its argument has no default',
    ]);
  });

  it('never throws, and ends, whatever stands in it', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'FROM a AS b',
        'FROM b',
        'RUN <<E',
        'E',
        'COPY --from=b a b',
        'ARG a=${a}',
        'FROM $a',
        '\\',
        '#',
        '# escape=`',
        'RUN curl x \\',
      ),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const { stages, copies, problems } = read(...lines);
        for (const index of stages.keys()) originBelow(stages, index);
        if (problems.length > 0) return;
        for (const { from, stage } of [
          ...copies,
          ...stages.map((each, index) => ({ ...each, stage: index })),
        ])
          assert.ok(from.kind !== 'stage' || (from.stage !== stage && from.stage < stages.length));
      }),
    );
  });

  it('takes long lines and many stages in their stride', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `FROM s${index} AS s${index + 1}`);
    const { stages } = read('FROM a AS s0', ...many);
    assert.equal(text(originBelow(stages, 20_000)), 'image a');
    read(
      'FROM a',
      `RUN ${'A=1 '.repeat(100_000)}`,
      `RUN ${'; '.repeat(100_000)}`,
      `RUN ${' '.repeat(200_000)}x`,
    );
    read(
      'FROM a',
      `RUN ${'<<'.repeat(100_000)}`,
      `ARG ${'a=${'.repeat(50_000)}`,
      `COPY ${'--a'.repeat(50_000)}`,
    );
  });
});
