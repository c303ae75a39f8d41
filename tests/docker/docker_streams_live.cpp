// Logs, exec and attach on a real engine.
#include "tests/docker/live_world.h"

using namespace orrery;
using namespace orrery::docker;

namespace {
struct Pod : LiveWorld {
  ports::SandboxSpec spec = sandbox_spec("streams");
  Str sandbox = run_sandbox(spec);
  uint64_t logs(const Str& id, ports::LogOptions options) {
    auto to = reply(kStream);
    number = runtime->logs(id, options, to);
    return to.token;
  }
  uint64_t open(const Str& id, List<Str> command, bool stdin_open, bool tty) {
    ports::ExecOptions o;
    o.command = std::move(command);
    o.stdin_open = stdin_open;
    o.tty = tty;
    auto to = reply(kStream);
    number = runtime->exec(id, o, to);
    return to.token;
  }
  uint64_t number = 0;
};
}  // namespace

TEST_CASE("DockerRuntime: logs by channel, tail, time, bytes") {
  Pod w;
  Str id = w.run(
      w.container_spec(w.spec, w.sandbox, {"sh", "-c", "for i in 1 2 3 4 5; do echo out $i; done; echo error >&2"}));
  w.ended(w.spec.pod, id);
  ports::LogOptions options;
  SUBCASE("all") {
    auto log = w.logs(id, options);
    REQUIRE(w.until([&] { return w.over(log); }));
    CHECK(w.text(log, 1) == "out 1\nout 2\nout 3\nout 4\nout 5\n");
    CHECK(w.text(log, 2) == "error\n");
    CHECK(!w.streams[log].back().error);
  }
  SUBCASE("tail") {
    options.tail_lines = 3;
    auto log = w.logs(id, options);
    REQUIRE(w.until([&] { return w.over(log); }));
    CHECK(w.text(log, 1).size() + w.text(log, 2).size() == 18);
    CHECK(w.text(log, 1).find("out 2") == std::string::npos);
  }
  SUBCASE("tail 0") {
    options.tail_lines = 0;
    auto log = w.logs(id, options);
    REQUIRE(w.until([&] { return w.over(log); }));
    CHECK(w.text(log, 1).empty());
  }
  SUBCASE("bytes") {
    options.limit_bytes = 8;
    auto log = w.logs(id, options);
    REQUIRE(w.until([&] { return w.over(log); }));
    CHECK(w.text(log, 1).size() + w.text(log, 2).size() == 8);
  }
  SUBCASE("timestamps and since") {
    options.timestamps = true;
    auto log = w.logs(id, options);
    REQUIRE(w.until([&] { return w.over(log); }));
    std::string text = w.text(log, 1);
    WallTime first;
    REQUIRE(parse_rfc3339(text.substr(0, text.find(' ')), first));
    options.since = first + seconds(3600);
    auto later = w.logs(id, options);
    REQUIRE(w.until([&] { return w.over(later); }));
    CHECK(w.text(later, 1).empty());
    options.since = first + seconds(-3600);
    auto earlier = w.logs(id, options);
    REQUIRE(w.until([&] { return w.over(earlier); }));
    CHECK(w.text(earlier, 1) == text);
  }
  SUBCASE("no such container") {
    auto log = w.logs("0123456789ab", options);
    REQUIRE(w.until([&] { return w.over(log); }));
    REQUIRE(w.streams[log].back().error);
    CHECK(w.streams[log].back().error->reason == Reason::NotFound);
  }
}

TEST_CASE("DockerRuntime: following a log ends with the container, or when cancelled") {
  Pod w;
  Str id = w.run(
      w.container_spec(w.spec, w.sandbox,
                       {"sh", "-c", "trap 'exit 0' TERM; i=0; while :; do i=$((i+1)); echo line $i; sleep 0.1; done"}));
  ports::LogOptions options;
  options.follow = true;
  auto log = w.logs(id, options);
  REQUIRE(w.until([&] { return w.text(log, 1).find("line 4\n") != std::string::npos; }));
  CHECK(!w.over(log));
  SUBCASE("ends") {
    w.good(w.stop(id, seconds(5)));
    REQUIRE(w.until([&] { return w.over(log); }));
    CHECK(!w.streams[log].back().error);
  }
  SUBCASE("cancelled") {
    w.runtime->stream_cancel(w.number);
    size_t parts = w.streams[log].size();
    w.until([] { return false; }, 300);
    CHECK(w.streams[log].size() <= parts + 1);  // one may have been in the queue
    CHECK(!w.over(log));
  }
}

TEST_CASE("DockerRuntime: exec gives output and exit code") {
  Pod w;
  Str id = w.run(w.container_spec(w.spec, w.sandbox, {"sleep", "1000"}));
  auto ok = w.good(w.exec(id, {"sh", "-c", "echo out; echo err >&2; exit 7"}));
  CHECK(ok.exit_code == 7);
  CHECK(ok.output.size() == 8);
  auto big = w.good(w.exec(id, {"sh", "-c", "head -c 1m /dev/zero"}));
  CHECK(big.output.size() == ports::kExecOutputMax);
  auto none = w.good(w.exec(id, {"/no/such/program"}));
  CHECK(none.exit_code > 125);
  CHECK(none.output.view().find("/no/such/program") != std::string_view::npos);

  auto late = w.exec(id, {"sleep", "777"}, millis(500));
  REQUIRE(!late.ok());
  CHECK(late.error().reason == Reason::Timeout);
  CHECK(late.error().message == "command timed out: \"sleep 777\" timed out after 500ms");
  // What timed out does not run on.
  CHECK(w.until([&] { return w.sh(id, "ps | grep -c 'sleep 77[7]'") == "0\n"; }, 15000));
  w.good(w.stop(id, seconds(0)));
  auto stopped = w.exec(id, {"true"});
  REQUIRE(!stopped.ok());
  CHECK(stopped.error().message.view().find("is not running") != std::string_view::npos);
}

TEST_CASE("DockerRuntime: exec with input that ends") {
  Pod w;
  Str id = w.run(w.container_spec(w.spec, w.sandbox, {"sleep", "1000"}));
  auto exec = w.open(id, {"sh", "-c", "cat; echo done; exit 5"}, true, false);
  w.runtime->stream_input(w.number, "typed before it runs\n");
  REQUIRE(w.until([&] { return w.text(exec, 1) == "typed before it runs\n"; }));
  std::string big(300000, 'x');
  w.runtime->stream_input(w.number, big);
  w.runtime->stream_close_input(w.number);
  REQUIRE(w.until([&] { return w.over(exec); }));
  CHECK(w.text(exec, 1) == "typed before it runs\n" + big + "done\n");
  CHECK(w.streams[exec].back().exit_code == 5);
}

TEST_CASE("DockerRuntime: exec in a terminal of the right size") {
  Pod w;
  Str id = w.run(w.container_spec(w.spec, w.sandbox, {"sleep", "1000"}));
  auto exec = w.open(id, {"sh"}, true, true);
  w.runtime->stream_resize(w.number, 100, 30);
  REQUIRE(w.until([&] { return w.text(exec, 1).find("#") != std::string::npos; }));
  auto answers = [&](const char* typed, const char* expected) {
    w.runtime->stream_input(w.number, typed);
    return w.until([&] { return w.text(exec, 1).find(expected) != std::string::npos; }, 5000);
  };
  // The size arrives a moment after the shell.
  CHECK(w.until([&] { return answers("stty size\n", "30 100"); }));
  w.runtime->stream_resize(w.number, 121, 41);
  w.until([] { return false; }, 300);
  CHECK(answers("stty size\n", "41 121"));
  SUBCASE("leaves by its own command") { w.runtime->stream_input(w.number, "exit 9\n"); }
  SUBCASE("leaves at the end of input") {
    w.runtime->stream_input(w.number, "(exit 9)\n");
    w.runtime->stream_close_input(w.number);
  }
  REQUIRE(w.until([&] { return w.over(exec); }));
  CHECK(w.streams[exec].back().exit_code == 9);
}

TEST_CASE("DockerRuntime: a cancelled exec does not run on") {
  Pod w;
  Str id = w.run(w.container_spec(w.spec, w.sandbox, {"sleep", "1000"}));
  w.open(id, {"sleep", "888"}, false, false);
  REQUIRE(w.until([&] { return w.sh(id, "ps | grep -c 'sleep 88[8]'") == "1\n"; }));
  w.runtime->stream_cancel(w.number);
  CHECK(w.until([&] { return w.sh(id, "ps | grep -c 'sleep 88[8]'") == "0\n"; }, 15000));
}

TEST_CASE("DockerRuntime: attach talks to the container's own process") {
  Pod w;
  auto app = w.container_spec(w.spec, w.sandbox, {"sh", "-c", "read line; echo got $line; sleep 0.3"});
  app.stdin_open = true;
  Str id = w.run(app);
  auto to = w.reply(LiveWorld::kStream);
  uint64_t number = w.runtime->attach(id, true, false, to);
  w.runtime->stream_input(number, "hello\n");
  REQUIRE(w.until([&] { return w.over(to.token); }));
  CHECK(w.text(to.token, 1) == "got hello\n");
}
