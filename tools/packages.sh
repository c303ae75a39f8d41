#!/usr/bin/env bash
# tools/packages.sh build|test: installs the Debian packages that are missing, as root or with sudo, and says which.
# Tools count as present when their command is (Node may come from elsewhere); libraries count by package.
set -euo pipefail

build_commands="cmake:cmake ninja:ninja-build ccache:ccache g++:g++ python3:python3 em++:emscripten node:nodejs
  pyftsubset:fonttools brotli:brotli ip:iproute2 iptables:iptables nft:nftables"
build_packages="libboost1.81-dev libboost-url1.81-dev libssl-dev libsqlite3-dev libyaml-cpp-dev libsdl2-dev libgl1-mesa-dev
  libfmt-dev nlohmann-json3-dev doctest-dev libcli11-dev libmimalloc-dev libbenchmark-dev zlib1g-dev
  fonts-noto-cjk fonts-nanum fonts-dejavu-core dpkg-dev ca-certificates"
test_commands="npm:npm chromium:chromium Xvfb:xvfb dockerd:docker.io busybox:busybox-static clang++-14:clang-14 clang-format-14:clang-format-14 unzip:unzip
  nm:binutils git:git openssl:openssl curl:curl"
test_packages="libclang-rt-14-dev python3-yaml libgl1-mesa-dri"

commands=$build_commands packages=$build_packages
[ "${1:-build}" = test ] && commands+=" $test_commands" packages+=" $test_packages"

export PATH=$PATH:/usr/sbin:/sbin
missing=()
for pair in $commands; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
done
if command -v dpkg-query >/dev/null; then
  for package in $packages; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "packages: no apt-get here; please install what provides: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "packages: not root and no sudo; please install: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "packages: installing ${missing[*]}"
install() {
  local options=(-qq -o DPkg::Lock::Timeout=500 -o Acquire::Retries=3)
  "${as_root[@]}" apt-get "${options[@]}" update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" -y --no-install-recommends install "${missing[@]}"
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { if [ -t 1 ]; then install 2>&1 | tee "$log"; else install >"$log" 2>&1; fi; }; then
  tail -n 15 "$log" >&2
  echo "packages: installing failed" >&2
  exit 1
fi
