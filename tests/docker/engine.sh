#!/usr/bin/env bash
# A private Docker Engine for tests: own data root, exec root, pid file, socket, bridge and containerd namespace.
#   engine.sh start DIR   prints DOCKER_HOST=unix://DIR/docker.sock once the engine answers. Root only; exit 77 if impossible here.
#   engine.sh stop DIR    removes its containers, stops it, and takes away what start made.
#   engine.sh pause DIR   stops the daemon only (kill -9); containers live on. `start DIR` brings it back with them.
# In the machine's own network namespace when no other dockerd lives there (a second one would flush the first one's
# packet rules), else in a namespace of its own behind a veth, with a route to its containers' subnet.
set -u
say() { printf 'engine.sh: %s\n' "$*" >&2; }
skip() { say "$*"; exit 77; }
die() { say "$*"; exit 1; }

[ $# -ge 2 ] || { say "usage: engine.sh start|stop|pause DIR"; exit 2; }
verb=$1 dir=$(readlink -m "$2")
[ "${#dir}" -le 60 ] || die "path too long for unix sockets (60 at most): $dir"
tag=$(printf %s "$dir" | cksum | cut -d' ' -f1)       # tells several private engines of one machine apart
octet=$((tag % 200 + 20))
bridge=orr$((tag % 1000000)) netns=orrery-$((tag % 1000000)) veth=orv$((tag % 1000000))
sock=$dir/docker.sock

# A zombie counts as alive for kill -0 (and for dockerd's own pid-file check), so ask for a command line.
alive() { [ -n "${1:-}" ] && { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF -- "$2"; }
pid_in() { tr -dc 0-9 <"$1" 2>/dev/null; }

other_dockerd_here() {
  local p here; here=$(readlink /proc/self/ns/net)
  for p in $(pidof dockerd); do
    [ "$(readlink "/proc/$p/ns/net")" = "$here" ] && alive "$p" dockerd && ! alive "$p" "$dir/" && return 0
  done
  return 1
}

mount_cgroups() { # only where nothing is mounted at all (a bare chroot or container)
  mountpoint -q /sys/fs/cgroup && return
  mount -t tmpfs cgroup /sys/fs/cgroup 2>/dev/null || return
  local name
  while read -r name _ _ enabled; do
    [ "$enabled" = 1 ] || continue
    mkdir -p "/sys/fs/cgroup/$name" && mount -t cgroup -o "$name" cgroup "/sys/fs/cgroup/$name" 2>/dev/null || rmdir "/sys/fs/cgroup/$name"
  done < <(tail -n +2 /proc/cgroups)
}

drop_stale_pid_files() {
  local f
  for f in "$dir/pid" "$dir/exec/containerd/containerd.pid"; do
    [ -e "$f" ] && ! alive "$(pid_in "$f")" "$dir/" && rm -f "$f"
  done
}

make_network() { # writes the mode that stop must undo
  if [ -e "$dir/netmode" ]; then :
  elif other_dockerd_here; then echo own >"$dir/netmode"
  else
    echo host >"$dir/netmode"
    sysctl -n net.ipv4.ip_forward >"$dir/ip_forward.before" 2>/dev/null
    iptables -S FORWARD 2>/dev/null | sed -n 1p >"$dir/forward.before"
  fi
  enter=()
  if [ "$(cat "$dir/netmode")" = own ]; then
    if [ ! -e "/run/netns/$netns" ]; then
      ip netns add "$netns" && ip link add "$veth" type veth peer name eth0 netns "$netns" || return 1
      ip addr add "10.254.$octet.1/30" dev "$veth" && ip link set "$veth" up
      ip -n "$netns" link set lo up; ip -n "$netns" addr add "10.254.$octet.2/30" dev eth0; ip -n "$netns" link set eth0 up
      ip -n "$netns" route add default via "10.254.$octet.1"
      ip route add "10.253.$octet.0/24" via "10.254.$octet.2"
    fi
    enter=(nsenter "--net=/run/netns/$netns")  # not `ip netns exec`: that hides /sys/fs/cgroup
  fi
  if ! "${enter[@]}" ip link show "$bridge" >/dev/null 2>&1; then
    "${enter[@]}" ip link add "$bridge" type bridge && "${enter[@]}" ip addr add "10.253.$octet.1/24" dev "$bridge" || return 1
    "${enter[@]}" ip link set "$bridge" up
  fi
}

remove_network() {
  case $(cat "$dir/netmode" 2>/dev/null) in
    own) ip route del "10.253.$octet.0/24" 2>/dev/null; ip netns del "$netns" 2>/dev/null; ip link del "$veth" 2>/dev/null ;;
    host)
      ip link del "$bridge" 2>/dev/null
      if ! other_dockerd_here; then # dockerd leaves forwarding on and FORWARD on DROP
        set -- $(cat "$dir/forward.before" 2>/dev/null); [ "${3:-}" ] && iptables -P FORWARD "$3"
        # its rules name the bridge; the empty DOCKER chains that remain are harmless
        for table in nat filter; do
          iptables -t "$table" -S 2>/dev/null | grep -- " $bridge\b" | sed 's/^-A/-D/' | while read -r rule; do iptables -t "$table" $rule 2>/dev/null; done
        done
        iptables -t nat -D POSTROUTING -s "10.253.$octet.0/24" ! -o "$bridge" -j MASQUERADE 2>/dev/null
        [ -s "$dir/ip_forward.before" ] && sysctl -qw net.ipv4.ip_forward="$(cat "$dir/ip_forward.before")"
      fi ;;
  esac
  rm -f "$dir/netmode" "$dir/forward.before" "$dir/ip_forward.before"
}

answers() { curl -sf -m 2 --unix-socket "$sock" http://d/_ping >/dev/null 2>&1; }

start() {
  [ "$(id -u)" = 0 ] || skip "a private engine needs root"
  for tool in dockerd curl iptables ip nsenter; do command -v $tool >/dev/null || skip "$tool is not installed"; done
  mkdir -p "$dir" || skip "cannot make $dir"
  if answers; then printf 'DOCKER_HOST=unix://%s\n' "$sock"; return; fi
  mount_cgroups
  drop_stale_pid_files
  make_network || skip "cannot make a bridge here (needs the right to change network devices)"
  rm -f "$sock"
  echo '{}' >"$dir/daemon.json"  # the machine's own /etc/docker/daemon.json is not ours
  # live-restore: containers outlive the daemon, and a restart takes 1 s instead of 12. No ulimits: they may exceed the inherited hard ones.
  setsid "${enter[@]}" dockerd --data-root "$dir/data" --exec-root "$dir/exec" -p "$dir/pid" -H "unix://$sock" \
    --config-file "$dir/daemon.json" --containerd-namespace "orrery-$tag" --containerd-plugins-namespace "orrery-plugins-$tag" \
    --bridge "$bridge" --fixed-cidr "10.253.$octet.0/24" --cgroup-parent "/orrery-$tag" --live-restore --userland-proxy=false ${ORRERY_DOCKERD_ARGS:-} \
    >>"$dir/dockerd.log" 2>&1 </dev/null &
  local pid=$! i
  for i in $(seq 300); do
    if answers; then
      # dockerd forwards only to published ports; from outside this namespace the containers are to be reached all the same
      [ "$(cat "$dir/netmode")" = host ] || "${enter[@]}" iptables -I DOCKER-USER -j ACCEPT
      printf 'DOCKER_HOST=unix://%s\n' "$sock"
      return
    fi
    alive "$pid" "" || break
    sleep 0.1
  done
  tail -n 5 "$dir/dockerd.log" >&2
  kill "$pid" 2>/dev/null
  remove_network
  skip "dockerd did not come up (see $dir/dockerd.log)"
}

stop_daemon() { # $1: signal
  local pid i; pid=$(pid_in "$dir/pid")
  alive "$pid" "$dir/" || return 0
  kill "-$1" "$pid"
  for i in $(seq 150); do alive "$pid" "$dir/" || return 0; sleep 0.1; done
  kill -9 "$pid"
}

stop() {
  [ -d "$dir" ] || return 0
  if answers; then
    local ids; ids=$(docker -H "unix://$sock" ps -aq 2>/dev/null)
    [ -z "$ids" ] || docker -H "unix://$sock" rm -f $ids >/dev/null 2>&1
  fi
  stop_daemon TERM
  # containerd and shims that outlived a killed daemon: they name this engine's own directory
  local p child
  for p in /proc/[0-9]*; do
    p=${p#/proc/}
    alive "$p" "$dir/exec" || continue
    for child in $(cat "/proc/$p/task/$p/children" 2>/dev/null); do alive "$p" containerd-shim && kill -9 "$child" 2>/dev/null; done
    kill -9 "$p" 2>/dev/null
  done
  sleep 0.1
  grep -F " $dir/" /proc/self/mounts | cut -d' ' -f2 | sort -r | while read -r m; do umount -l "$m" 2>/dev/null; done
  [ ! -e "$dir/netmode" ] || remove_network
  rm -rf "$dir/data" "$dir/exec" "$dir/pid" "$sock" "$dir/dockerd.log" "$dir/daemon.json"
  rmdir "$dir" 2>/dev/null || true
}

case $verb in
  start) start ;;
  stop) stop ;;
  pause) stop_daemon KILL ;;
  *) die "no such command: $verb" ;;
esac
