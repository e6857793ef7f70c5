import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from './find-program.ts';

const execute = promisify(execFile);

/** podman or docker: what the shop needs of them they do alike. */
export interface ContainerCommand {
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  /**
   * Its standard output, trimmed.
   * @throws Error with its standard error
   */
  run(...parameters: readonly string[]): Promise<string>;
}

/** @throws Error when neither is installed */
export function containerCommand(environment: NodeJS.ProcessEnv): ContainerCommand {
  const program = findProgram('podman') ?? findProgram('docker');
  if (program === null) {
    throw new Error(
      'neither podman nor docker is installed: apt-get install podman runc netavark aardvark-dns',
    );
  }
  return {
    program,
    environment,
    async run(...parameters) {
      const { stdout } = await execute(program, parameters, {
        env: environment,
        maxBuffer: 16 * 1024 * 1024,
      });
      return stdout.trim();
    },
  };
}
