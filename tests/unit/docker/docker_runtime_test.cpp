// The runtime against an engine that misbehaves in ways a real one can't be made to.
#include <doctest/doctest.h>

#include "core/base/text.h"
#include "core/loop/loop.h"
#include "runtime_native/docker/docker_images.h"
#include "runtime_native/docker/docker_runtime.h"
#include "runtime_native/docker/event_watch.h"
#include "runtime_native/docker/pause_sandboxes.h"
#include "tests/unit/docker/fake_engine.h"

using namespace orrery;
using namespace orrery::docker;
namespace asio = boost::asio;

namespace {

// Answers by the first route whose method and path begin the request; each route's answers are used in turn, the last
// again.
struct Routes {
  struct Route {
    std::string begin;
    std::vector<std::string> answers;
    size_t used = 0;
  };
  std::vector<Route> routes;
  void operator()(FakeEngine::Peer& peer, const std::string& request) {
    for (Route& r : routes)
      if (starts_with(request, r.begin)) {
        const std::string& answer = r.answers[std::min(r.used++, r.answers.size() - 1)];
        return peer.send(answer);
      }
    peer.send(FakeEngine::status("404 Not Found", "{\"message\":\"no route\"}"));
  }
};

struct World : ports::Target {
  asio::io_context io;
  loop::Loop loop;
  ports::TargetId id = loop.attach(*this);
  FakeEngine engine{io};
  std::vector<ports::Task> tasks;
  FakeEngine::Peer* events = nullptr;  // the connection that carries them
  void on_task(const ports::Task& task) override { tasks.push_back(task); }
  bool until(std::function<bool()> done, int ms_max = 5000) {
    return run_until(
        io,
        [&] {
          while (loop.run_turn()) {
          }
          return done();
        },
        ms_max);
  }
  int seen(std::string_view begin) {
    int n = 0;
    for (const std::string& r : engine.requests) n += starts_with(r, begin);
    return n;
  }
};

const std::string kCreated = "HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"Id\":\"abc\"}";
const std::string kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";
const Owner kOwner{"c", "n"};

}  // namespace

TEST_CASE("PauseSandboxes: an engine that may not lower OOM scores is found out once") {
  World w;
  Routes routes;
  routes.routes = {
      {"GET /v1.41/images/orrery/pause", {FakeEngine::ok("{}")}},
      {"POST /v1.41/containers/create", {kCreated}},
      {"POST /v1.41/containers/abc/start",
       {FakeEngine::status("500 Oops", "{\"message\":\"can't get final child's PID from pipe: EOF: unknown\"}"),
        kNoContent}},
      {"DELETE /v1.41/containers/abc", {kNoContent}}};
  w.engine.on_request = std::ref(routes);
  EngineClient client(w.io, w.engine.address());
  EngineContainers containers(client);
  StartGate gate(4);
  int oom_min = -1000;
  PauseSandboxes sandboxes(containers, gate, kOwner, oom_min);
  ports::SandboxSpec spec;
  spec.pod = {"u", "ns", "p"};
  std::vector<Result<Str>> answers;
  sandboxes.run(spec, [&](Result<Str> r) { answers.push_back(r); });
  REQUIRE(w.until([&] { return answers.size() == 1; }));
  CHECK(*answers[0] == "abc");
  CHECK(oom_min == 0);
  CHECK(w.seen("POST /v1.41/containers/create") == 2);
  CHECK(w.engine.requests[1].find("\"OomScoreAdj\":-998") != std::string::npos);
  sandboxes.run(spec, [&](Result<Str> r) { answers.push_back(r); });
  REQUIRE(w.until([&] { return answers.size() == 2; }));
  CHECK(w.seen("POST /v1.41/containers/create") == 3);
  CHECK(w.seen("GET /v1.41/images/") == 1);
}

TEST_CASE("PauseSandboxes: a start that fails leaves nothing behind and says why") {
  World w;
  Routes routes;
  routes.routes = {
      {"GET /v1.41/images/orrery/pause", {FakeEngine::status("404 Not Found", "{\"message\":\"No such image\"}")}},
      {"POST /v1.41/images/create", {FakeEngine::ok("{\"status\":\"sha256:1\"}\n")}},
      {"POST /v1.41/containers/create", {kCreated}},
      {"POST /v1.41/containers/abc/start",
       {FakeEngine::status("500 Oops", "{\"message\":\"port is already allocated\"}")}},
      {"DELETE /v1.41/containers/abc", {kNoContent}}};
  w.engine.on_request = std::ref(routes);
  EngineClient client(w.io, w.engine.address());
  EngineContainers containers(client);
  StartGate gate(1);
  int oom_min = -1000;
  PauseSandboxes sandboxes(containers, gate, kOwner, oom_min);
  int failed = 0;
  for (int i = 0; i < 3; ++i)
    sandboxes.run({}, [&](Result<Str> r) {
      CHECK(r.error().message == "port is already allocated");
      ++failed;
    });
  REQUIRE(w.until([&] { return failed == 3; }));  // each one left the gate
  CHECK(w.seen("DELETE /v1.41/containers/abc?force=1&v=1") == 3);
  CHECK(w.seen("POST /v1.41/images/create?fromSrc=-&repo=orrery") == 1);
  CHECK(oom_min == -1000);
}

TEST_CASE("PauseSandboxes: an image that can't be made is a clear error for all who wait") {
  World w;
  Routes routes;
  routes.routes = {{"GET /v1.41/images/orrery/pause", {FakeEngine::status("404 Not Found", "{}")}},
                   {"POST /v1.41/images/create", {FakeEngine::ok("{\"error\":\"no space left on device\"}\n")}}};
  w.engine.on_request = std::ref(routes);
  EngineClient client(w.io, w.engine.address());
  EngineContainers containers(client);
  StartGate gate(4);
  int oom_min = 0, failed = 0;
  PauseSandboxes sandboxes(containers, gate, kOwner, oom_min);
  for (int i = 0; i < 2; ++i)
    sandboxes.run({}, [&](Result<Str> r) {
      CHECK(ends_with(r.error().message, ": no space left on device"));
      CHECK(starts_with(r.error().message, "cannot make the sandbox image orrery/pause:"));
      ++failed;
    });
  REQUIRE(w.until([&] { return failed == 2; }));
}

TEST_CASE("EngineContainers: a removal that is in progress already is waited for") {
  World w;
  Routes routes;
  routes.routes = {
      {"DELETE",
       {FakeEngine::status("409 Conflict", "{\"message\":\"removal of container abc is already in progress\"}")}},
      {"GET /v1.41/containers/abc/json",
       {FakeEngine::ok("{}"), FakeEngine::status("404 Not Found", "{\"message\":\"No such container\"}")}}};
  w.engine.on_request = std::ref(routes);
  EngineClient client(w.io, w.engine.address());
  EngineContainers containers(client);
  std::optional<Result<void>> answer;
  containers.remove("abc", [&](Result<void> r) { answer = r; });
  REQUIRE(w.until([&] { return answer.has_value(); }));
  CHECK(answer->ok());
  CHECK(w.seen("GET /v1.41/containers/abc/json") == 2);
}

TEST_CASE("EventWatch: every new connection begins with a Resync, broken lines are passed over") {
  World w;
  int streams = 0;
  w.engine.on_request = [&](FakeEngine::Peer& peer, const std::string& request) {
    REQUIRE(starts_with(request, "GET /v1.41/events?filters="));
    std::string line =
        R"({"Action":"die","Actor":{"ID":"abc","Attributes":{"io.orrery.pod.uid":"u","io.orrery.kind":"container"}}})";
    std::string body = cat(streams == 0 ? "{\"Action\":\n" : "", line, "\n");
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", body.size());
    peer.send(cat("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", size, body, "\r\n"));
    ++streams;
    peer.close();
  };
  EngineClient client(w.io, w.engine.address());
  EngineContainers containers(client);
  using Type = ports::RuntimeEvent::Type;
  std::vector<Type> events;
  EventWatch watch(containers, kOwner, [&](const ports::RuntimeEvent& e) { events.push_back(e.type); });
  watch.start();
  REQUIRE(w.until([&] { return events.size() >= 6; }));
  CHECK(std::vector<Type>(events.begin(), events.begin() + 4) ==
        std::vector<Type>{Type::Resync, Type::ContainerDied, Type::Resync, Type::ContainerDied});
}

TEST_CASE("DockerImages: a pull is followed to its end, then the image is looked at") {
  World w;
  Routes routes;
  routes.routes = {{"POST /v1.41/images/create?fromImage=team%2Fweb&tag=2",
                    {FakeEngine::ok("{\"status\":\"Pulling\"}\n{\"status\":\"Digest: sha256:9\"}\n")}},
                   {"GET /v1.41/images/team/web:2/json", {FakeEngine::ok("{\"Id\":\"sha256:1\",\"Size\":77}")}},
                   {"POST /v1.41/images/create",
                    {FakeEngine::ok("{\"error\":\"manifest for gone:9 not found: manifest unknown\"}\n")}}};
  w.engine.on_request = std::ref(routes);
  DockerImages images(w.io, w.loop, w.engine.address());
  images.pull("team/web:2", {w.id, 1, 1});
  REQUIRE(w.until([&] { return w.tasks.size() == 1; }));
  CHECK(w.tasks[0].as<Result<ports::PullResult>>()->size_bytes == 77);
  images.pull("gone:9", {w.id, 1, 2});
  REQUIRE(w.until([&] { return w.tasks.size() == 2; }));
  CHECK(w.tasks[1].as<Result<ports::PullResult>>().error().message ==
        "manifest for gone:9 not found: manifest unknown");
}

TEST_CASE("DockerRuntime: what was inspected is asked again only after a change") {
  World w;
  Routes routes;
  std::string labels = R"("Labels":{"io.orrery.kind":"container","io.orrery.pod.uid":"u","io.orrery.container":"app"})";
  routes.routes = {
      {"GET /v1.41/events", {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}},
      {"GET /v1.41/containers/json", {FakeEngine::ok(cat("[{\"Id\":\"abc\",\"State\":\"running\",", labels, "}]"))}},
      {"GET /v1.41/containers/abc/json",
       {FakeEngine::ok(cat("{\"Id\":\"abc\",\"State\":{\"Status\":\"running\"},\"Config\":{", labels, "}}"))}}};
  w.engine.on_request = [&](FakeEngine::Peer& peer, const std::string& request) {
    if (starts_with(request, "GET /v1.41/events")) w.events = &peer;
    routes(peer, request);
  };
  DockerRuntime runtime(w.io, w.loop, {w.engine.address(), kOwner, {}, 2});
  auto list = [&] {
    size_t before = w.tasks.size();
    runtime.list_pods({w.id, 1, 0});
    REQUIRE(w.until([&] { return w.tasks.size() > before; }));
    auto& r = w.tasks.back().as<Result<std::vector<ports::PodStatus>>>();
    REQUIRE(r.ok());
    REQUIRE(r->size() == 1);
    CHECK(r->front().containers[0].state == ports::ContainerState::Running);
  };
  list();
  list();
  CHECK(w.seen("GET /v1.41/containers/abc/json") == 2);  // no events: nothing may be kept
  runtime.subscribe({w.id, 2, 0});
  REQUIRE(w.until([&] { return w.tasks.back().kind == 2; }));
  list();
  list();
  list();
  CHECK(w.seen("GET /v1.41/containers/abc/json") == 3);
  std::string line =
      R"({"Action":"die","Actor":{"ID":"abc","Attributes":{"io.orrery.pod.uid":"u","io.orrery.kind":"container"}}})";
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", line.size() + 1);
  size_t before = w.tasks.size();
  w.events->send(cat(size, line, "\n\r\n"));
  REQUIRE(w.until([&] { return w.tasks.size() > before; }));
  list();
  CHECK(w.seen("GET /v1.41/containers/abc/json") == 4);
}
