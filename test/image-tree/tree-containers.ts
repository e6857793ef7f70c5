import type { Podman } from '../podman/podman.ts';
import { packagesOfRoot, type TruePackage } from './root-packages.ts';

/** A container that runs from an image of the tree. */
export interface TreeContainer {
  readonly name: string;
  /** The engine's full id. */
  readonly id: string;
  readonly pid: number;
  /** Config digest of what it really runs. */
  readonly imageId: string;
}

/** Pulls the image from its registry and runs it, without a network. */
export async function runImage(
  podman: Podman,
  reference: string,
  name: string,
  parameters: readonly string[] = [],
): Promise<TreeContainer> {
  await podman.command('pull', '--quiet', '--tls-verify=false', reference);
  const id = await podman.command(
    ...['run', '--detach', '--network', 'none', '--name', name, ...parameters],
    ...[reference, 'sleep', 'infinity'],
  );
  const said = await podman.command('inspect', '--format', '{{.State.Pid}} {{.Image}}', id);
  const [pid = '', image = ''] = said.split(' ');
  return { name, id, pid: Number(pid), imageId: `sha256:${image.replace(/^sha256:/, '')}` };
}

/** What lies in its root file system right now. */
export function packagesOfContainer({ pid }: TreeContainer): Promise<readonly TruePackage[]> {
  return packagesOfRoot(`/proc/${pid}/root`);
}
