/**
 * containers.conf: what podman needs on a machine with hybrid cgroups and without CAP_SYS_RESOURCE,
 * and every path of its own.
 */
export function engineConfiguration(directory: string): string {
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
export function storageConfiguration(directory: string): string {
  return `[storage]
driver = "overlay"
graphroot = "${directory}/root"
runroot = "${runDirectoryOf(directory)}"
`;
}

const runDirectoryOf = (directory: string): string => `${directory}/run`;
