#!/usr/bin/env bash
# images.sh SOCKET: makes the test images on the engine behind that unix socket (or unix:// address), without a registry,
# from Debian's busybox-static.
#   orrery-test/busybox:latest and :1   every busybox applet; CMD sh
#   orrery-test/web:1 and :2            httpd on port 80: / says "web 1" or "web 2", /cgi-bin/host says the host's name; stops at TERM
#   orrery-test/crasher:1               says "about to crash" and exits 3 after $AFTER seconds (0)
#   busybox:latest, nginx:latest        stand-ins for the images of lessons, see below
set -euo pipefail
sock=${1:?usage: images.sh SOCKET}; sock=${sock#unix://}
busybox=$(command -v busybox) || { echo "images.sh: busybox is not installed (package busybox-static)" >&2; exit 77; }
"$busybox" --list >/dev/null
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

base() { # $1: root folder
  mkdir -p "$1"/{bin,sbin,usr/bin,usr/sbin,etc,tmp,www/cgi-bin,proc,sys,dev,root}
  chmod 1777 "$1/tmp"
  cp "$busybox" "$1/bin/busybox"; chmod 755 "$1/bin/busybox"
  local path
  for path in $("$busybox" --list-full); do [ "$path" = bin/busybox ] || ln -sf /bin/busybox "$1/$path"; done
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n' >"$1/etc/passwd"
  printf 'root:x:0:\nnobody:x:65534:\n' >"$1/etc/group"
}

import() { # import ROOT REPO TAG CHANGE...
  local root=$1 repo=$2 tag=$3 query='' change answer; shift 3
  for change in "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@"; do
    query+="&changes=$(printf %s "$change" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g')"
  done
  answer=$(tar -C "$root" --numeric-owner --owner=0 --group=0 -c . | curl -sS --fail-with-body --unix-socket "$sock" -X POST -H 'Content-Type: application/x-tar' \
    -H 'Expect:' --data-binary @- "http://d/v1.41/images/create?fromSrc=-&repo=$repo&tag=$tag$query")
  case $answer in *'"error"'*|*'"message"'*) echo "images.sh: $repo:$tag: $answer" >&2; exit 1 ;; esac
  echo "$repo:$tag"
}

base "$work/busybox"
import "$work/busybox" orrery-test/busybox latest 'CMD ["sh"]'
curl -sS -f --unix-socket "$sock" -X POST "http://d/v1.41/images/orrery-test/busybox:latest/tag?repo=orrery-test/busybox&tag=1"; echo orrery-test/busybox:1

cat >"$work/busybox/bin/web" <<'WEB'
#!/bin/sh
# PID 1 ignores TERM without a handler; so the shell takes it and ends httpd.
trap 'kill $child; exit 0' TERM INT
httpd -f -vv -p "${PORT:-80}" -h /www & child=$!
echo "web $(cat /www/version) listening on ${PORT:-80}"
wait $child
WEB
cat >"$work/busybox/www/cgi-bin/host" <<'CGI'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'; hostname
CGI
chmod 755 "$work/busybox/bin/web" "$work/busybox/www/cgi-bin/host"
for version in 1 2; do
  echo "$version" >"$work/busybox/www/version"
  echo "web $version" >"$work/busybox/www/index.html"
  import "$work/busybox" orrery-test/web "$version" 'CMD ["/bin/web"]' 'EXPOSE 80/tcp'
done

cat >"$work/busybox/bin/crasher" <<'CRASH'
#!/bin/sh
echo "about to crash"; echo "to standard error" >&2
sleep "${AFTER:-0}"
exit 3
CRASH
chmod 755 "$work/busybox/bin/crasher"
import "$work/busybox" orrery-test/crasher 1 'CMD ["/bin/crasher"]'

# Stand-ins for the images of lessons, which need no registry on the net: they do what the lessons' texts and goals ask of
# the real ones. An engine that has an image of that name keeps it.
#   busybox:latest   as orrery-test/busybox
#   nginx:latest     a web server on port 80 with nginx's first page, until TERM
has() { curl -sf -o /dev/null --unix-socket "$sock" "http://d/v1.41/images/$1/json"; }

if ! has busybox:latest; then
  curl -sS -f --unix-socket "$sock" -X POST "http://d/v1.41/images/orrery-test/busybox:latest/tag?repo=busybox&tag=latest"; echo busybox:latest
fi
if ! has nginx:latest; then
  cat >"$work/busybox/bin/nginx" <<'NGINX'
#!/bin/sh
trap 'kill $child; exit 0' TERM INT QUIT
httpd -f -p 80 -h /www & child=$!
echo "nginx: start worker processes"
wait $child
NGINX
  chmod 755 "$work/busybox/bin/nginx"
  echo '<h1>Welcome to nginx!</h1>' >"$work/busybox/www/index.html"
  import "$work/busybox" nginx latest 'CMD ["/bin/nginx"]' 'EXPOSE 80/tcp'
fi
