#include "runtime_sim/nodes/shell.h"

#include <doctest/doctest.h>

using namespace orrery;
using namespace orrery::sim;

namespace {

struct FakeHost final : ShellHost {
  std::string out, err;
  Map<Str> tree;
  ShellUser who;
  void write(uint8_t channel, std::string_view text) override { (channel == 2 ? err : out) += text; }
  Map<Str>& files() override { return tree; }
  bool writable(std::string_view path) override { return path.substr(0, 4) != "/ro/"; }
  Str hostname() override { return "web-1"; }
  WallTime wall_now() override { return WallTime{0}; }
  std::vector<std::pair<int, std::string>> processes() override { return {{1, "sh"}}; }
  bool kill(int, int) override { return false; }
  void listen(int32_t, std::string) override {}
  List<Str> lookup(const std::string&, Str*) override { return {}; }
  Str pod_ip() override { return "10.0.0.1"; }
  ShellUser user() override { return who; }
};

struct Run {
  FakeHost host;
  ShellWait wait;
  std::string out() { return host.out; }
};

Run sh(const char* script) {
  Run r;
  std::string error;
  auto state = start_command({"sh", "-c", script}, {}, false, error);
  REQUIRE(state.has_value());
  for (int i = 0; i < 100; ++i) {  // waits pass at once
    r.wait = step(*state, r.host);
    if (r.wait.what != ShellWait::For::Time) break;
  }
  return r;
}

}  // namespace

TEST_CASE("Shell: words, quotes and variables") {
  CHECK(sh("X='a b'; echo \"$X\" $X '$X'").out() == "a b a b $X\n");
  CHECK(sh("echo ${Y:-none} $((2 + 3 * 4))").out() == "none 14\n");
  CHECK(sh("echo $(hostname)-$(echo x)").out() == "web-1-x\n");
}

TEST_CASE("Shell: loops, conditions and exit codes") {
  CHECK(sh("for i in 1 2 3; do echo $i; done").out() == "1\n2\n3\n");
  CHECK(sh("i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i").out() == "3\n");
  CHECK(sh("if false; then echo a; elif true; then echo b; else echo c; fi").out() == "b\n");
  CHECK(sh("false || echo or; true && echo and").out() == "or\nand\n");
  Run r = sh("exit 7");
  CHECK(r.wait.what == ShellWait::For::Exit);
  CHECK(r.wait.exit_code == 7);
  CHECK(sh("! true; echo $?").out() == "1\n");
}

TEST_CASE("Shell: pipes and files") {
  CHECK(sh("echo b > /tmp/x; echo a >> /tmp/x; cat /tmp/x | sort | head -n 1").out() == "a\n");
  CHECK(sh("printf 'a\\nb\\n' | grep -c .").out() == "2\n");
  CHECK(sh("printf 'web-1\\nweb-22\\ndb\\n' | grep '^web-[0-9]*$'").out() == "web-1\nweb-22\n");
  CHECK(sh("printf 'a.b\\naxb\\n' | grep 'a\\.b'").out() == "a.b\n");
  Run r = sh("echo x > /ro/file; echo $?");
  CHECK(r.host.err == "sh: can't create /ro/file: Read-only file system\n");
  CHECK(r.out() == "1\n");
}

TEST_CASE("Shell: an endless loop waits, it doesn't spin") {
  std::string error;
  FakeHost host;
  auto state = start_command({"sh", "-c", "while true; do echo tick; sleep 5; done"}, {}, false, error);
  REQUIRE(state.has_value());
  ShellWait wait = step(*state, host);
  CHECK(wait.what == ShellWait::For::Time);
  CHECK(wait.time == seconds(5));
  step(*state, host);
  CHECK(host.out == "tick\ntick\n");
  auto busy = start_command({"sh", "-c", "while true; do true; done"}, {}, false, error);
  CHECK(step(*busy, host).what == ShellWait::For::Time);
}

TEST_CASE("Shell: what can't be run is said as a container runtime says it") {
  std::string error;
  CHECK_FALSE(start_command({"nonsense"}, {}, false, error).has_value());
  CHECK(error == "exec: \"nonsense\": executable file not found in $PATH");
  CHECK(sh("nonsense").host.err == "sh: nonsense: not found\n");
  CHECK(sh("echo 'open").wait.exit_code == 2);
}

TEST_CASE("Shell: wget asks the network and prints the body") {
  std::string error;
  FakeHost host;
  auto state = start_command({"sh", "-c", "wget -qO- http://web:8080/x | grep hello"}, {}, false, error);
  ShellWait wait = step(*state, host);
  REQUIRE(wait.what == ShellWait::For::Network);
  CHECK(wait.host == "web");
  CHECK(wait.port == 8080);
  CHECK(wait.path == "/x");
  NetResult answer;
  answer.ok = true;
  answer.status = 200;
  answer.body = "hello you\nbye\n";
  step(*state, host, &answer);
  CHECK(host.out == "hello you\n");
}

TEST_CASE("Shell: a pattern names files, sorted, without hidden ones; quoted or naming none it stays as it is") {
  CHECK(sh("touch /d/b /d/a /d/.h /d/e/x; cd /d; echo * /d/? /*/e/[w-y]").out() == "a b e /d/a /d/b /d/e /d/e/x\n");
  CHECK(sh("touch /d/a; echo '/d/*' \"/d/*\" /d/\\* /d/z*").out() == "/d/* /d/* /d/* /d/z*\n");
  CHECK(sh("echo 1 > /c/a; echo 2 > /c/b; for f in /c/*; do cat $f; done").out() == "1\n2\n");
  CHECK(sh("touch /d/a1 /d/b2; P='/d/*2'; echo $P \"$P\" /d/[!a]?").out() == "/d/b2 /d/*2 /d/b2\n");
}

TEST_CASE("Shell: id, whoami and ps tell whom the container runs as") {
  CHECK(sh("id; whoami; id -u").out() == "uid=0(root) gid=0(root) groups=0(root)\nroot\n0\n");
  std::string error;
  FakeHost host;
  host.who = {1000, 3000, {2000, 4000}};
  auto state = start_command({"sh", "-c", "id; whoami; id -g; ps"}, {}, false, error);
  step(*state, host);
  CHECK(host.out == "uid=1000 gid=3000 groups=2000,3000,4000\n3000\nPID   USER     TIME  COMMAND\n    1 1000      0:00 sh\n");
  CHECK(host.err == "whoami: unknown uid 1000\n");
}

TEST_CASE("Shell: ls -l and stat tell a file's mode and size") {
  CHECK(sh("printf abc > /d/f; touch /d/g/h; ls -l /d; stat -c '%a %A %s %n' /d/f; ls /d/f").out() ==
        "-rw-r--r--    1 root     root             3 f\ndrwxr-xr-x    2 root     root          4096 g\n644 -rw-r--r-- 3 /d/f\n/d/f\n");
}
