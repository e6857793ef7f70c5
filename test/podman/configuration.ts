import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Configures a store below `directory`; variables with which podman, buildah and skopeo use it. */
export async function writeConfiguration(directory: string): Promise<NodeJS.ProcessEnv> {
  await mkdir(join(directory, 'networks'));
  const engine = join(directory, 'containers.conf');
  const storage = join(directory, 'storage.conf');
  await writeFile(engine, engineConfiguration(directory));
  await writeFile(storage, storageConfiguration(directory));
  return {
    ...process.env,
    CONTAINERS_CONF: engine,
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINER_HOST: undefined,
  };
}

/** Removes the store and everything else in its directory. */
export async function removeStore(directory: string): Promise<void> {
  // The overlay driver mounts its own directory; `podman system reset` is not used, for it would
  // reset the machine's store if the environment were ever wrong.
  await execute('umount', [join(directory, 'root', 'overlay')]).catch(() => null);
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * containers.conf: what podman needs on a machine with hybrid cgroups and without CAP_SYS_RESOURCE,
 * and every path of its own.
 */
function engineConfiguration(directory: string): string {
  return `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "${directory}/tmp"
static_dir = "${directory}/root/libpod"
volume_path = "${directory}/root/volumes"

[network]
network_backend = "netavark"
network_config_dir = "${directory}/networks"
`;
}

/** Podman's own limit for what follows `--runroot`, in characters. */
const RUN_DIRECTORY_LENGTH_MAX = 50;

/**
 * Podman takes a longer run directory from storage.conf, but not from the command line, on which
 * conmon hands it to the clean-up after every container. That fails unseen, and whoever waits for a
 * container waits another 20 s.
 * @throws Error that says what to shorten.
 */
export function demandShortPath(directory: string): void {
  const runDirectory = runDirectoryOf(directory);
  if (runDirectory.length <= RUN_DIRECTORY_LENGTH_MAX) return;
  throw new Error(
    `podman's run directory may be ${RUN_DIRECTORY_LENGTH_MAX} characters long, and ${runDirectory} has ${runDirectory.length}: set TMPDIR to a shorter path`,
  );
}

/** storage.conf: the image store and the run directory. */
function storageConfiguration(directory: string): string {
  return `[storage]
driver = "overlay"
graphroot = "${directory}/root"
runroot = "${runDirectoryOf(directory)}"
`;
}

const runDirectoryOf = (directory: string): string => `${directory}/run`;
