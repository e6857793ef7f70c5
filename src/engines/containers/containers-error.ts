import { SheerError, type SheerErrorOptions } from '#model';

/**
 * What can be wrong with an engine's socket. `interrupted` is a connection that worked and ended;
 * `not-found` and
 * `failing` are its own answers about one thing.
 */
export type ContainersProblem =
  | 'absent'
  | 'denied'
  | 'refused'
  | 'hanging'
  | 'garbage'
  | 'too-large'
  | 'unsupported'
  | 'interrupted'
  | 'clock-moved'
  | 'failing'
  | 'not-found';

export class ContainersError extends SheerError {
  override readonly name = 'ContainersError';
  readonly problem: ContainersProblem;

  constructor(problem: ContainersProblem, message: string, options: SheerErrorOptions = {}) {
    super(ANSWERED.has(problem) ? 'engine-answer' : 'engine-unreachable', message, {
      remedy: 'retry',
      ...options,
    });
    this.problem = problem;
  }

  /** One line for a person: what is wrong, and the next step. */
  get explanation(): string {
    return this.next === null ? this.message : `${this.message}; ${this.next}`;
  }
}

const ANSWERED: ReadonlySet<ContainersProblem> = new Set([
  'garbage',
  'too-large',
  'unsupported',
  'failing',
  'not-found',
]);

/** Any failure of a request, in this module's own terms. */
export function asContainersError(error: unknown, socketPath: string): ContainersError {
  if (error instanceof ContainersError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
      return new ContainersError('absent', `there is no engine at ${socketPath}`, {
        cause: error,
        next: 'start Docker, or run: systemctl enable --now podman.socket (without systemd: podman system service --time=0)',
      });
    case 'EACCES':
    case 'EPERM':
      return new ContainersError('denied', `${socketPath} may not be opened by this user`, {
        cause: error,
        next: 'run sheer as root, or as a member of the group that owns the socket',
      });
    case 'ECONNREFUSED':
      return new ContainersError('refused', `nothing listens at ${socketPath}, an engine left it behind`, {
        cause: error,
        next: 'start Docker, or run: systemctl restart podman.socket (without systemd: podman system service --time=0)',
      });
    case 'ENOTSOCK':
      return new ContainersError('garbage', `${socketPath} is no socket`, {
        cause: error,
        next: 'point DOCKER_HOST at the socket of an engine',
      });
    default:
      return otherError(error, typeof code === 'string' ? code : '', socketPath);
  }
}

function otherError(error: unknown, code: string, socketPath: string): ContainersError {
  if (code.startsWith('HPE_')) return garbage(socketPath, 'that is no HTTP', error);
  return new ContainersError('interrupted', `the connection to ${socketPath} was closed`, {
    cause: error,
    next: 'it is tried again by itself',
  });
}

/** An answer that no Docker Engine API gives. */
export function garbage(where: string, what: string, cause?: unknown): ContainersError {
  return new ContainersError('garbage', `what answers at ${where} is no container engine: ${what}`, {
    cause,
    next: 'point DOCKER_HOST at the socket of Docker or Podman',
  });
}
