#!/bin/sh
# Makes this checkout ready: installs the locked npm dependencies when they are missing or stale (and the
# one library that the pinned Node needs and a bare Debian lacks) and, with --system, the Debian packages
# that the tests need (with --system --long, those of the long tests too). Quiet when nothing has to be done; everything
# it says goes to standard error. Several may run at once: one works, the others wait.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
# A copy of the lock file that node_modules was installed from: comparing needs no hash tool.
stamp=$root/node_modules/.sheerline-lock
packages='podman runc buildah netavark aardvark-dns iptables busybox-static conntrack bpftrace nftables
  iproute2 redis-server postgresql nginx-light curl procps strace gcc libc6-dev
  libdpkg-perl rpm db-util python3-packaging ruby php-cli
  docker-registry skopeo openssl debootstrap'
# With --long as well; the toolchain that tests build programs with, unless another one is here already.
long_packages='zip golang-go'

say() { printf 'sheerline: %s\n' "$*" >&2; }

dependencies_ready() {
  cmp -s "$root/package-lock.json" "$stamp" && [ -x "$root/node_modules/.bin/node" ]
}

# npm must not run on the Node that it is about to replace, so node_modules/.bin leaves the path.
without_own_binaries() {
  printf '%s' "$PATH" | tr ':' '\n' | grep -v '/node_modules/\.bin$' | paste -s -d : -
}

require_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    say 'Node 20 or newer with npm is needed to install the rest (it brings its own, pinned Node).'
    exit 1
  fi
}

# Node 26 is linked against libatomic. Where ldconfig is not there, nobody can tell before Node starts.
has_libatomic() {
  command -v ldconfig >/dev/null || return 0
  ldconfig -p | grep -q 'libatomic\.so\.1'
}

require_libatomic() {
  if has_libatomic; then return; fi
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt_install libatomic1
  else
    say 'the pinned Node needs the library libatomic.so.1. Install it, then try again:'
    say '  sudo apt-get install libatomic1'
    exit 1
  fi
}

install_dependencies() {
  PATH=$(without_own_binaries):/usr/sbin:/sbin
  export PATH
  require_node
  require_libatomic
  say 'installing the locked dependencies (once, about 250 MB) …'
  # npm leaks the settings of the script that we may run in; --ignore-scripts=false: the package
  # `node` fetches its binary in one.
  (cd "$root" && npm ci --ignore-scripts=false --no-audit --no-fund --loglevel=error >&2)
  [ -x "$root/node_modules/.bin/node" ] || (cd "$root" && npm rebuild --ignore-scripts=false node >&2)
  if ! "$root/node_modules/.bin/node" --version >/dev/null; then
    say 'the pinned Node was installed but does not run here; see the messages above'
    exit 1
  fi
  cp "$root/package-lock.json" "$stamp"
}

missing_packages() {
  for package in $packages; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=absent
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

# Packages must not start their services: the tests start what they need, on ports of their own.
forbid_service_start() {
  policy=${POLICY_RC_D:-/usr/sbin/policy-rc.d}
  [ -e "$policy" ] && return
  trap 'rm -f "$policy"' EXIT
  # A signal alone does not end every shell by its EXIT trap: services would stay forbidden for good.
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

apt_install() {
  say "installing: $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update >&2
  apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends "$@" >&2
}

install_packages() {
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    say 'some tests need Debian packages that are not here, and root. Install them with:'
    say "  sudo apt-get install --no-install-recommends $missing"
    return 0
  fi
  forbid_service_start
  # shellcheck disable=SC2086 # one word per package
  apt_install $missing
}

alone() {
  exec 9<"$root/package-lock.json"
  if command -v flock >/dev/null; then flock 9; fi
}

if ! dependencies_ready; then
  alone
  dependencies_ready || install_dependencies
  exec 9<&-
fi

if [ "${1:-}" = --system ]; then
  if [ "${2:-}" = --long ]; then
    if command -v go >/dev/null; then long_packages=zip; fi
    packages="$packages $long_packages"
  fi
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: the tests need the equivalents of: $(printf '%s' "$packages" | tr -s '\n ' ' ')"
  elif [ -n "$(missing_packages)" ]; then
    alone
    install_packages
  fi
fi
