// Images, and an engine that goes away.
#include "tests/docker/live_world.h"

using namespace orrery;
using namespace orrery::docker;

TEST_CASE("DockerImages: what is there and what isn't") {
  LiveWorld w;
  using Found = Result<std::optional<ports::ImageInfo>>;
  auto web = w.good(w.ask<Found>([&](auto to) { w.images.inspect("orrery-test/web:1", to); }));
  REQUIRE(web);
  CHECK(starts_with(web->id, "sha256:"));
  CHECK(web->names.contains("orrery-test/web:1"));
  CHECK(web->size_bytes > 1000000);
  CHECK(web->root_user);
  CHECK(!w.good(w.ask<Found>([&](auto to) { w.images.inspect("orrery-test/none:7", to); })));
  auto all = w.good(w.ask<Result<std::vector<ports::ImageInfo>>>([&](auto to) { w.images.list(to); }));
  bool listed = false;
  for (const auto& image : all) listed = listed || image.names.contains("orrery-test/web:2");
  CHECK(listed);
  w.good(w.ask<Result<void>>([&](auto to) { w.images.remove("orrery-test/none:7", to); }));
}

TEST_CASE("DockerImages: a pull that fails has the engine's own words") {
  LiveWorld w;
  auto pulled = w.ask<Result<ports::PullResult>>([&](auto to) { w.images.pull("127.0.0.1:9/no/registry:1", to); });
  REQUIRE(!pulled.ok());
  CHECK(pulled.error().message.view().find("connection refused") != std::string_view::npos);
}

TEST_CASE("DockerRuntime: the sandbox image is made again when it was pruned") {
  LiveWorld w;
  auto one = w.sandbox_spec("one");
  Str first = w.run_sandbox(one);
  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->remove_sandbox(first, to); }));
  auto all = w.good(w.ask<Result<std::vector<ports::ImageInfo>>>([&](auto to) { w.images.list(to); }));
  for (const auto& image : all)
    for (const Str& name : image.names)
      if (starts_with(name, "orrery/pause:")) {
        auto removed = w.ask<Result<void>>([&](auto to) { w.images.remove(name, to); });
        if (!removed && removed.error().reason == Reason::Conflict) return;  // other pods live on this engine
        w.good(removed);
      }
  w.run_sandbox(w.sandbox_spec("two"));
}

TEST_CASE("DockerRuntime: an absent engine is one clear error") {
  LiveWorld w;
  DockerRuntime absent(w.io, w.loop, DockerOptions{*parse_engine_address("/tmp/orrery-no-such.sock"), w.owner, {}, 0});
  auto pods = w.ask<Result<std::vector<ports::PodStatus>>>([&](auto to) { absent.list_pods(to); });
  REQUIRE(!pods.ok());
  CHECK(pods.error().message ==
        "cannot reach the engine at unix:///tmp/orrery-no-such.sock: No such file or directory");
}

// Needs an engine that may be killed: tests/docker/run gives its folder when it is a private one.
TEST_CASE("DockerRuntime: containers outlive the engine's daemon, and events come again") {
  const char* folder = std::getenv("ORRERY_ENGINE_DIR");
  if (!folder) {
    MESSAGE("SKIPPED: no private engine to kill");
    return;
  }
  using Type = ports::RuntimeEvent::Type;
  LiveWorld w;
  w.runtime->subscribe(w.reply(LiveWorld::kEvent));
  auto spec = w.sandbox_spec("outlives");
  Str sandbox = w.run_sandbox(spec);
  Str id = w.run(w.container_spec(spec, sandbox, {"sleep", "1000"}));
  REQUIRE(w.until([&] { return w.saw(Type::ContainerStarted, id); }));
  auto started_at = w.container(spec.pod, id).started_at;

  REQUIRE(std::system(cat("tests/docker/engine.sh pause ", folder).c_str()) == 0);
  auto pods = w.ask<Result<std::vector<ports::PodStatus>>>([&](auto to) { w.runtime->list_pods(to); });
  REQUIRE(!pods.ok());
  CHECK(pods.error().reason == Reason::ServiceUnavailable);
  w.events.clear();
  REQUIRE(std::system(cat("tests/docker/engine.sh start ", folder, " >/dev/null").c_str()) == 0);
  REQUIRE(w.until([&] { return !w.events.empty(); }));
  CHECK(w.events[0].type == Type::Resync);
  auto c = w.container(spec.pod, id);
  CHECK(c.state == ports::ContainerState::Running);
  CHECK(c.started_at == started_at);
  CHECK(w.sh(id, "echo still here") == "still here\n");
  w.good(w.stop(id, seconds(0)));
  CHECK(w.until([&] { return w.saw(Type::ContainerDied, id); }));
}
