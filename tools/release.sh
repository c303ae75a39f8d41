#!/usr/bin/env bash
# `./dev release`: what was built, as two archives under build/release that need no build: the page for any static server,
# and the program for Debian 12 with the list of packages it runs on.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
version=$(sed -n 's/^project(.*VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
out=build/release
rm -rf "$out"
mkdir -p "$out"

page=$out/orrery-page-$version
mkdir "$page"
cp -r build/wasm/web/. "$page"
rm -rf "$page"/.shell "$page"/.fonts "$page"/CMakeFiles "$page"/*.cmake
cp LICENSE "$page"
cat >"$page/README.txt" <<END
Orrery $version, the page. Put this folder on any static web server, under any path; nothing else is needed.
lessons/index.html has every lesson as text that needs no script, to read or to print.
To look at it here: python3 -m http.server --directory . 8080
END

program=$out/orrery-$version-linux-$(uname -m)
mkdir "$program"
cp build/native/orrery build/native/orrery-play "$program"
strip "$program"/orrery "$program"/orrery-play
cp -r build/native/assets "$program/assets"
cp LICENSE README.md build/wasm/web/notices.txt "$program"
# Which packages hold the libraries that the programs load.
ldd "$program/orrery" "$program/orrery-play" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | sort -u | while read -r library; do
  dpkg-query -S "$(readlink -f "$library")" 2>/dev/null || dpkg-query -S "$library" 2>/dev/null || true
done | sed 's/:.*//' | sort -u >"$program/packages.txt"
cat >"$program/README.txt" <<END
Orrery $version for Debian 12. It runs on these packages: see packages.txt (apt-get install \$(cat packages.txt)).
  ./orrery up --simulated     a cluster for kubectl and helm, with the page
  ./orrery --help             everything else
END
for folder in "$page" "$program"; do
  tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner -czf "$folder.tar.gz" "$(basename "$folder")"
  rm -r "$folder"
  echo "release: $folder.tar.gz ($(du -h "$folder.tar.gz" | cut -f1))"
done
