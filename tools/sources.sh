#!/usr/bin/env bash
# tools/sources.sh: unpacks the sources of Dear ImGui, SDL2 and yaml-cpp from the distribution's own source suites into
# a folder of the cache that is named by the pinned checksum. cmake/deps.cmake looks there. Needs no root, names no host:
# the suites are those of the archive that this machine already uses. Does nothing when they are there already.
set -euo pipefail

imgui_version=1.92.2b
imgui_sha256=e7bd201d56b5ee90d24d5dac85e5c12f98bdb95410252a62d27b7f89e4566d48  # of the distribution's original archive

cache=${XDG_CACHE_HOME:-$HOME/.cache}/orrery
target=$cache/sources-${imgui_sha256:0:12}
[ -e "$target" ] && exit 0
command -v apt-get >/dev/null || { echo "sources: no apt here; CMake will fetch the pinned upstream releases"; exit 0; }

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
[ -e "$target" ] && exit 0
work=$(mktemp -d "$cache/unpack.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# A private apt state whose only sources are the source suites of this machine's base archive.
base=$(. /etc/os-release; echo "${VERSION_CODENAME:-stable}")
suites="$base testing unstable"
mkdir -p apt/sources.d apt/lists/partial apt/cache/archives/partial
mapfile -t archives < <(apt-get indextargets --no-release-info --format '$(RELEASE)|$(SITE)' |
  awk -F'|' -v base="$base" '$1 == base || $1 == "stable" { print $2 }' | sort -u)
[ ${#archives[@]} -gt 0 ] || { echo "sources: apt has no archive for the suite $base" >&2; exit 1; }
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
signed=; [ -r $keyring ] && signed="[signed-by=$keyring] "
for archive in "${archives[@]}"; do
  for suite in $suites; do echo "deb-src $signed$archive $suite main"; done
done > apt/sources.list
options=(-o Dir::Etc::SourceList="$work/apt/sources.list" -o Dir::Etc::SourceParts="$work/apt/sources.d"
  -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User="$(id -un)"
  -o Acquire::Retries=3 -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false)  # a mirror may be frozen
echo "sources: reading the source suites $suites"
apt-get "${options[@]}" -qq -o APT::Update::Error-Mode=any update || echo "sources: WARNING: not all of these suites could be read" >&2

# The package version whose original archive has the pinned checksum, else the newest from 1.92 on.
versions=$(apt-cache "${options[@]}" showsrc imgui | awk -v pin="$imgui_sha256" '
  /^Version:/ { version = $2 }
  /orig\.tar/ && length($1) == 64 { print ($1 == pin ? "pinned" : "other"), version }')
imgui=$(awk '$1 == "pinned" { print $2; exit }' <<<"$versions")
if [ -z "$imgui" ]; then
  imgui=$(awk '{ print $2 }' <<<"$versions" | sort -V | tail -n 1)
  if [ -n "$imgui" ] && dpkg --compare-versions "$imgui" ge 1.92; then
    echo "sources: WARNING: ImGui $imgui_version has left the source suites, taking $imgui" >&2
  else
    echo "sources: WARNING: no ImGui from 1.92 on in $suites; CMake will fetch the upstream release" >&2
    imgui=
  fi
fi

for package in ${imgui:+"imgui=$imgui"} "libsdl2/$base" "yaml-cpp/$base"; do
  echo "sources: unpacking ${package/[=\/]/ }"
  apt-get "${options[@]}" -qq --only-source source "$package" >/dev/null 2>apt/source.log || { cat apt/source.log >&2; exit 1; }
done
mkdir unpacked
[ -z "$imgui" ] || mv imgui-* unpacked/imgui
mv libsdl2-* unpacked/sdl2
mv yaml-cpp-* unpacked/yaml_cpp
mv unpacked "$target"
echo "sources: ready in $target"
