import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { HelperCommand } from './helper-command.ts';

export type Helper = ChildProcessByStdio<Writable, Readable, null>;

/** Layers of one image follow each other sooner; a helper that waits holds some 50 MB. */
const IDLE_MS = 5_000;

export function startHelper({ command, args }: HelperCommand): Helper {
  return spawn(command, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
    cwd: '/',
    detached: true,
  });
}

/**
 * A helper for one layer, which no other layer was in. Starting takes longer than reading most layers does, so
 * the next one is started while this one works; where no layer follows, it is ended after a while. It keeps
 * nothing alive, and ends by itself where we do: its input does then.
 */
export function takeHelper(command: HelperCommand): Helper {
  const helper = spare?.take() ?? startHelper(command);
  spare = new SpareHelper(startHelper(command));
  return helper;
}

let spare: SpareHelper | null = null;

class SpareHelper {
  readonly #helper: Helper;
  readonly #idle: NodeJS.Timeout;
  #isGone = false;

  constructor(helper: Helper) {
    this.#helper = helper;
    // Why it is gone is told to whoever starts the next one, where that fails too.
    const leave = (): void => {
      this.#isGone = true;
    };
    helper.on('error', leave).on('exit', leave);
    helper.stdin.on('error', leave);
    hold(helper, false);
    this.#idle = setTimeout(() => {
      leave();
      helper.kill('SIGKILL');
    }, IDLE_MS).unref();
  }

  take(): Helper | null {
    clearTimeout(this.#idle);
    if (this.#isGone) return null;
    hold(this.#helper, true);
    return this.#helper;
  }
}

/** Whether it keeps this process alive. */
function hold(helper: Helper, isHeld: boolean): void {
  // Node's pipes are sockets, which its types do not tell.
  const pipes = [helper.stdin, helper.stdout].filter((pipe) => pipe instanceof Socket);
  for (const handle of [helper, ...pipes]) {
    if (isHeld) handle.ref();
    else handle.unref();
  }
}
