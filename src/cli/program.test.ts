import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { run } from '../../test/fakes/run-program.ts';
import { startServer } from '../../test/fakes/server.ts';
import type { StartedServer } from '../../test/fakes/server.ts';
import { certainWhois } from '../../test/fakes/shop-answers.ts';
import { fakeTerminal } from '../../test/fakes/terminal.ts';
import { allCommands } from './commands/index.ts';

const ESCAPE = '\u001b';

describe('the command line', () => {
  let server: StartedServer;
  let state: readonly string[];
  before(async () => {
    server = await startServer();
    state = ['--state', server.directory];
  });
  after(() => server.stop());

  it('prints the answer, in a pipe without colours', async () => {
    const { exit, out, error } = await run([...state, 'whois', '10.42.3.7', '--at', '02:13']);
    assert.deepEqual([exit, error], [0, '']);
    assert.match(out, /^checkout {3}\(payments, production\) +certain\n/);
    assert.deepEqual(server.questions.asked.at(-1), [
      'whois',
      { ip: '10.42.3.7', port: null, at: Date.parse('2026-11-22T02:13:00Z'), scope: null },
    ]);
  });

  it('takes its options before and after the command', async () => {
    const [first, second] = [await run([...state, 'teams']), await run(['teams', ...state])];
    assert.equal(first.out, second.out);
  });

  it('prints one JSON document and nothing else with --json', async () => {
    const { out, error } = await run([...state, '--json', 'whois', '10.42.3.7']);
    assert.deepEqual(JSON.parse(out), certainWhois);
    assert.equal(error, '');
  });

  it('is done when the honest answer is "unknown"', async () => {
    const { exit, out } = await run([...state, 'whois', '192.0.2.1']);
    assert.equal(exit, 0);
    assert.match(out, /^unknown: nobody held 192\.0\.2\.1 /);
  });

  it('uses colours for a person, unless they do not want any', async () => {
    const coloured = await run([...state, 'status'], { terminal: fakeTerminal({ interactive: true }) });
    assert.ok(coloured.out.includes(`${ESCAPE}[32mlive`));
    for (const [line, environment] of [
      [['--no-color'], {}],
      [[], { NO_COLOR: '1' }],
      [[], { TERM: 'dumb' }],
    ] as const) {
      const terminal = fakeTerminal({ interactive: true });
      const { out } = await run([...state, ...line, 'status'], { terminal, environment });
      assert.ok(!out.includes(ESCAPE));
    }
  });

  it('makes hostile names harmless, in answers and in errors', async () => {
    const hostile = '\u001b]0;owned\u0007';
    const other = await startServer({
      questions: {
        teams: () => [{ id: hostile, name: '', contact: null, declared: true, services: [], externals: [] }],
      },
    });
    try {
      const terminal = fakeTerminal({ interactive: true });
      const { out } = await run(['--state', other.directory, 'teams'], {
        terminal,
        environment: { NO_COLOR: '1' },
      });
      assert.ok(!out.includes(ESCAPE));
      assert.match(out, /\\x1b\]0;owned\\x07/);
      const { error } = await run(['--state', other.directory, 'who', hostile]);
      assert.ok(!error.includes(ESCAPE));
    } finally {
      await other.stop();
    }
  });

  const failures: readonly (readonly [says: string, line: readonly string[], exit: number, error: RegExp])[] =
    [
      ['a subject that is not there', ['who', 'nobody'], 3, /nothing is called "nobody"/],
      ['a time that is none', ['services', '--at', 'soon'], 2, /"soon" is not a time/],
      ['an unknown command', ['whos'], 2, /unknown command 'whos' \(Did you mean one of who, whois\?\)/],
      [
        'an unknown option',
        ['calls', '--sinze', '5m'],
        2,
        /unknown option '--sinze' \(Did you mean --since\?\)/,
      ],
      ['no parameter where one is needed', ['whois'], 2, /missing required argument 'address'/],
      ['a parameter too many', ['lint', 'x'], 2, /too many arguments/],
      [
        'a number that is none',
        ['history', 'x', '--limit', 'many'],
        2,
        /--limit: "many" is not a whole number/,
      ],
      ['a port that is none', ['why', 'a', 'b:70000'], 2, /70000 is not a port/],
      [
        'a format that is none',
        ['flows', 'import', 'x', '--format', 'pcap'],
        2,
        /Allowed choices are vpc, zeek, conntrack/,
      ],
      [
        'an import without its format',
        ['flows', 'import', 'x'],
        2,
        /required option '--format <format>' not specified/,
      ],
      [
        'an option of the command above',
        ['flows', 'import', 'x', '--format', 'vpc', '--since', '5m'],
        2,
        /--since belongs to sheer flows/,
      ],
      ['a group without its command', ['audit'], 2, /which command\?/],
      [
        'a file that is not there',
        ['declare', '/none.yaml'],
        2,
        /\/none\.yaml can't be read: there is no such file/,
      ],
      ['no file to declare', ['declare'], 2, /needs a file or a directory/],
      ['a length of time that is none', ['demo', '--for', 'ever'], 2, /"ever" is not a length of time/],
      ['a head that is none', ['audit', 'verify', '--head', 'x'], 2, /"x" is not a head/],
    ];
  for (const [says, line, exit, error] of failures) {
    it(`refuses ${says}, and says what to do`, async () => {
      const ran = await run([...state, ...line]);
      assert.equal(ran.exit, exit, ran.error);
      assert.match(ran.error, error);
      assert.equal(ran.out, '');
    });
    it(`refuses ${says} as one JSON document with --json`, async () => {
      const ran = await run([...state, ...line, '--json']);
      assert.deepEqual([ran.exit, ran.error], [exit, '']);
      const document = JSON.parse(ran.out) as { error: { message: string } };
      assert.match(document.error.message, error);
    });
  }

  it('says how to start a control plane when none can be reached', async () => {
    const { exit, error } = await run(['--state', '/nowhere', 'status']);
    assert.equal(exit, 5);
    assert.match(
      error,
      /the control plane of \/nowhere can't be reached: nothing was started there\n {2}next {3}sheer up --state \/nowhere\n/,
    );
  });

  it('names the help of the command that was not understood', async () => {
    for (const [line, next] of [
      [['why', 'a'], 'sheer why --help'],
      [['flows', 'import', 'x'], 'sheer flows import --help'],
      [['--state', '/nowhere', 'whois'], 'sheer whois --help'],
      [['audit'], 'sheer audit --help'],
      [['srvices'], 'sheer --help'],
    ] as const) {
      const { error } = await run(line);
      assert.match(error, new RegExp(`next {3}${next}\n`), line.join(' '));
    }
    assert.equal((await run(['-h'])).exit, 0);
  });

  it("looks in the user's state directory, as XDG says", async () => {
    const ran = await run(['status'], { environment: { XDG_STATE_HOME: '/state' } });
    assert.match(ran.error, /of \/state\/sheerline can't/);
    assert.match((await run(['status'])).error, /of \/nowhere\/\.local\/state\/sheerline can't/);
    const relative = await run(['status'], { environment: { XDG_STATE_HOME: 'state' } });
    assert.match(relative.error, /of \/nowhere\/\.local\/state\/sheerline can't/);
  });

  it('reads answers, but not the help, from the control plane', async () => {
    for (const line of [['--help'], [], ['flows', '--help'], ['audit', 'tail', '--help'], ['--version']]) {
      const { exit, out, error } = await run(line);
      assert.deepEqual([exit, error], [0, ''], line.join(' '));
      assert.notEqual(out, '');
    }
  });

  it('shows examples with every command', async () => {
    for (const { name } of allCommands({ up: async () => 0, demo: async () => 0 })) {
      const { out } = await run([...name.split(' '), '--help']);
      assert.match(out, new RegExp(`Examples:\n {2}\\$ sheer ${name}`), name);
      assert.match(out, /--state <directory>/, name);
    }
  });
});
