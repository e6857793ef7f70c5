import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface StartedProcess {
  readonly pid: number;
  /** The next line that it prints. */
  line(): Promise<string>;
  /** Ends it, by its pid, and waits until it is gone. */
  end(): Promise<void>;
}

/** Processes of one test file; all are ended by {@link StartedProcesses.end}. */
export class StartedProcesses {
  private readonly started: StartedProcess[] = [];

  start(program: string, ...args: readonly string[]): StartedProcess {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const started = follow(child, program);
    this.started.push(started);
    return started;
  }

  /** Prints its port on 127.0.0.1, then its port on ::1. */
  nodeServer(): StartedProcess {
    return this.start(process.execPath, '-e', NODE_SERVER);
  }

  /** Prints its port and the pids of its two workers. Each request makes a worker call the port given. */
  forkingServer(): StartedProcess {
    return this.start('perl', '-e', FORKING_SERVER);
  }

  async end(): Promise<void> {
    await Promise.all(this.started.map((each) => each.end()));
  }
}

function follow(child: ChildProcess, program: string): StartedProcess {
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) {
    throw new Error(`${program} did not start: apt-get install -y iproute2 busybox-static perl-base`);
  }
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  return {
    pid,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${program} ended before it said anything`);
      return next.value;
    },
    end: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
      stdout.destroy();
    },
  };
}

const NODE_SERVER = `
  const { createServer } = require('node:http');
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer((_, response) => response.end('ok'));
    server.listen(0, host, () => console.log(host + ' ' + server.address().port));
  }`;

// The two workers end when the pipe from the server closes, so that killing the server ends all. Both
// wake up for a connection and one gets it: the other must not wait for the next one.
const FORKING_SERVER = `
  use strict; use Socket; use IO::Handle; $| = 1;
  socket(my $listener, PF_INET, SOCK_STREAM, 0) or die; bind($listener, sockaddr_in(0, INADDR_LOOPBACK)) or die;
  listen($listener, 16) or die; $listener->blocking(0); my ($port) = sockaddr_in(getsockname($listener));
  pipe(my $read, my $write); my @pids;
  for (1 .. 2) {
    my $pid = fork; if ($pid) { push @pids, $pid; next }
    close $write;
    for (;;) {
      my $ready = ''; vec($ready, fileno($read), 1) = 1; vec($ready, fileno($listener), 1) = 1;
      select($ready, undef, undef, undef); exit if vec($ready, fileno($read), 1);
      accept(my $peer, $listener) or next; my $to = <$peer>;
      socket(my $out, PF_INET, SOCK_STREAM, 0); connect($out, sockaddr_in($to, INADDR_LOOPBACK));
      syswrite($peer, "$$\\n"); sysread($peer, my $end, 1);
    }
  }
  print "$port @pids\\n"; close $read; sleep 600;`;
