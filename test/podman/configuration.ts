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

/** storage.conf: the image store and the run directory. */
export function storageConfiguration(directory: string): string {
  return `[storage]
driver = "overlay"
graphroot = "${directory}/root"
runroot = "${directory}/run"
`;
}
