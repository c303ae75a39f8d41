// Pods and containers on a real engine.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/docker/live_world.h"

using namespace orrery;
using namespace orrery::docker;
using ports::ContainerState;

TEST_CASE("DockerRuntime: says which engine it is") {
  LiveWorld w;
  auto info = w.good(w.ask<Result<ports::RuntimeInfo>>([&](auto to) { w.runtime->info(to); }));
  CHECK((info.name == "docker" || info.name == "podman"));
  CHECK(!info.version.empty());
  CHECK(!info.storage_root.empty());
}

TEST_CASE("DockerRuntime: a pod from sandbox to nothing left") {
  LiveWorld w;
  auto spec = w.sandbox_spec("life");
  spec.domain = "sub.default.svc.cluster.local";
  spec.dns_servers = {"10.96.0.10"};
  spec.dns_searches = {"default.svc.cluster.local", "svc.cluster.local"};
  spec.dns_options = {"ndots:5"};
  api::core_v1::HostAlias alias;
  alias.ip = "10.1.2.3";
  alias.hostnames = {"elsewhere", "elsewhere.example"};
  spec.host_aliases = {alias};
  spec.labels.set("app", "web");
  Str sandbox = w.run_sandbox(spec);

  auto app = w.container_spec(spec, sandbox, {"/bin/web"});
  app.image = "orrery-test/web:1";
  app.env = {{"PORT", "8080"}, {"GREETING", "one = two"}};
  Str id = w.create(app);
  CHECK(w.container(spec.pod, id).state == ContainerState::Created);
  w.good(w.start(id));

  auto pod = w.status(spec.pod);
  REQUIRE(pod.sandboxes.size() == 1);
  CHECK(pod.sandboxes[0].id == sandbox);
  CHECK(pod.sandboxes[0].ready);
  CHECK(!pod.sandboxes[0].ip.empty());
  CHECK(pod.pod.name == "life");
  auto running = w.container(spec.pod, id);
  CHECK(running.state == ContainerState::Running);
  CHECK(running.name == "app");
  CHECK(running.spec_hash == "hash-1");
  CHECK(running.image == "orrery-test/web:1");
  CHECK(starts_with(running.image_id, "sha256:"));
  CHECK(running.started_at.is_set());
  CHECK(!running.finished_at.is_set());

  CHECK(w.until([&] { return w.sh(id, "wget -q -O - http://127.0.0.1:8080/ 2>/dev/null") == "web 1\n"; }, 5000));
  CHECK(w.sh(id, "hostname") == "life\n");
  std::string resolv = w.sh(id, "cat /etc/resolv.conf");
  CHECK(resolv.find("nameserver 10.96.0.10") != std::string::npos);
  CHECK(resolv.find("search default.svc.cluster.local svc.cluster.local") != std::string::npos);
  CHECK(resolv.find("ndots:5") != std::string::npos);
  std::string hosts = w.sh(id, "cat /etc/hosts");
  CHECK(hosts.find("10.1.2.3\telsewhere.example") != std::string::npos);
  CHECK(hosts.find(pod.sandboxes[0].ip.str()) != std::string::npos);
  CHECK(w.sh(id, "echo \"$GREETING\"") == "one = two\n");

  w.good(w.stop(id, seconds(10)));
  auto done = w.container(spec.pod, id);
  CHECK(done.state == ContainerState::Exited);
  CHECK(done.exit_code == 0);
  CHECK(done.reason == "Completed");
  CHECK(done.finished_at >= done.started_at);
  w.good(w.stop(id, seconds(10)));  // again: nothing to do

  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->remove_container(id, to); }));
  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->remove_container(id, to); }));
  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->stop_sandbox(sandbox, to); }));
  CHECK(!w.status(spec.pod).sandboxes[0].ready);
  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->remove_sandbox(sandbox, to); }));
  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->remove_sandbox(sandbox, to); }));
  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->stop_sandbox(sandbox, to); }));
  CHECK(w.pods().empty());
}

TEST_CASE("DockerRuntime: containers of a pod share network and IPC, and processes when asked") {
  LiveWorld w;
  auto spec = w.sandbox_spec("shared");
  Str sandbox = w.run_sandbox(spec);
  auto server = w.container_spec(spec, sandbox, {"/bin/web"});
  server.image = "orrery-test/web:2";
  server.name = "server";
  Str server_id = w.run(server);
  auto client = w.container_spec(spec, sandbox, {"sleep", "1000"});
  client.name = "client";
  client.share_pid = true;
  Str client_id = w.run(client);
  CHECK(w.until([&] { return w.sh(client_id, "wget -q -O - http://localhost/ 2>/dev/null") == "web 2\n"; }, 5000));
  CHECK(w.sh(client_id, "cat /proc/1/cmdline | tr -d '\\0'") == "/pause");
  CHECK(w.sh(server_id, "readlink /proc/self/ns/ipc") == w.sh(client_id, "readlink /proc/self/ns/ipc"));
  CHECK(w.sh(server_id, "readlink /proc/self/ns/pid") != w.sh(client_id, "readlink /proc/self/ns/pid"));

  // Stopping the sandbox ends what still runs in it.
  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->stop_sandbox(sandbox, to); }));
  CHECK(w.container(spec.pod, server_id).state == ContainerState::Exited);
  CHECK(w.container(spec.pod, client_id).state == ContainerState::Exited);
}

TEST_CASE("DockerRuntime: a host port leads to the pod") {
  LiveWorld w;
  auto spec = w.sandbox_spec("port");
  int32_t port = 20000 + ::getpid() % 20000;
  spec.ports = {{80, port, "TCP", ""}};
  Str sandbox = w.run_sandbox(spec);
  auto app = w.container_spec(spec, sandbox, {});
  app.image = "orrery-test/web:1";
  w.run(app);

  auto host = w.sandbox_spec("host");
  host.host_network = true;
  Str host_sandbox = w.run_sandbox(host);
  CHECK(w.status(host.pod).sandboxes[0].ip.empty());
  Str probe = w.run(w.container_spec(host, host_sandbox, {"sleep", "1000"}));
  CHECK(w.until(
      [&] { return w.sh(probe, cat("wget -q -O - http://127.0.0.1:", port, "/ 2>/dev/null").c_str()) == "web 1\n"; },
      10000));
}

TEST_CASE("DockerRuntime: how a container ended") {
  LiveWorld w;
  auto spec = w.sandbox_spec("ends");
  Str sandbox = w.run_sandbox(spec);
  auto app = w.container_spec(spec, sandbox, {});

  SUBCASE("by itself, with a code") {
    app.image = "orrery-test/crasher:1";
    Str id = w.run(app);
    auto c = w.ended(spec.pod, id);
    CHECK(c.exit_code == 3);
    CHECK(c.reason == "Error");
  }
  SUBCASE("out of memory") {
    app.command = {"sh", "-c", "tail -c 100m /dev/zero"};
    app.memory_limit_bytes = 16 << 20;
    auto c = w.ended(spec.pod, w.run(app));
    CHECK(c.reason == "OOMKilled");
    CHECK(c.exit_code == 137);
  }
  SUBCASE("well, although a child ran out of memory") {
    app.command = {"sh", "-c", "tail -c 100m /dev/zero; exit 0"};
    app.memory_limit_bytes = 16 << 20;
    auto c = w.ended(spec.pod, w.run(app));
    CHECK(c.reason == "Completed");
    CHECK(c.exit_code == 0);
  }
  SUBCASE("never started: no such command") {
    app.command = {"/no/such/command"};
    Str id = w.create(app);
    auto started = w.start(id);
    REQUIRE(!started.ok());
    CHECK(started.error().message.view().find("/no/such/command") != std::string_view::npos);
    auto c = w.container(spec.pod, id);
    CHECK(c.state == ContainerState::Exited);
    CHECK(c.reason == "StartError");
    CHECK(c.exit_code == 128);
    CHECK(c.finished_at.is_set());
  }
  SUBCASE("no such image") {
    app.image = "orrery-test/no-such:1";
    auto made = w.ask<Result<Str>>([&](auto to) { w.runtime->create_container(app, to); });
    REQUIRE(!made.ok());
    CHECK(made.error().reason == Reason::NotFound);
    CHECK(made.error().message.view().find("orrery-test/no-such:1") != std::string_view::npos);
  }
  SUBCASE("killed after its grace") {
    app.command = {"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"};
    Str id = w.run(app);
    auto before = std::chrono::steady_clock::now();
    w.good(w.stop(id, seconds(1)));
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - before).count();
    CHECK(ms >= 900);
    CHECK(w.container(spec.pod, id).exit_code == 137);
  }
}

TEST_CASE("DockerRuntime: a stop with less grace does not wait for one with more, a removal does") {
  LiveWorld w;
  auto spec = w.sandbox_spec("hurry");
  Str sandbox = w.run_sandbox(spec);
  Str id = w.run(w.container_spec(spec, sandbox, {"sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"}));
  auto slow = w.reply(), fast = w.reply(), removal = w.reply();
  auto before = std::chrono::steady_clock::now();
  w.runtime->stop_container(id, seconds(60), slow);
  w.until([] { return false; }, 100);
  w.runtime->stop_container(id, seconds(0), fast);
  w.runtime->remove_container(id, removal);
  CHECK(w.until([&] { return w.answers.count(removal.token) > 0; }));
  CHECK(w.answers.count(slow.token) == 1);
  CHECK(w.answers.count(fast.token) == 1);
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(20));
  CHECK(w.status(spec.pod).containers.empty());
}

TEST_CASE("DockerRuntime: start, stop and removal asked at once happen in that order") {
  LiveWorld w;
  auto spec = w.sandbox_spec("order");
  Str sandbox = w.run_sandbox(spec);
  Str id = w.create(w.container_spec(spec, sandbox, {"sleep", "1000"}));
  auto started = w.reply(), stopped = w.reply();
  w.runtime->start_container(id, started);
  w.runtime->stop_container(id, seconds(0), stopped);
  CHECK(w.until([&] { return w.answers.count(stopped.token) > 0; }));
  CHECK(w.answers.count(started.token) == 1);
  CHECK(w.container(spec.pod, id).state == ContainerState::Exited);
}

TEST_CASE("DockerRuntime: mounts, limits and security context arrive in the container") {
  LiveWorld w;
  auto spec = w.sandbox_spec("inside");
  Str sandbox = w.run_sandbox(spec);
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("orrery-live-" + w.owner.cluster.str());
  std::filesystem::create_directories(folder / "sub");
  std::ofstream(folder / "sub/hello") << "from the host\n";
  for (auto& path : {folder, folder / "sub", folder / "sub/hello"})
    std::filesystem::permissions(path, std::filesystem::perms::all);

  auto app = w.container_spec(spec, sandbox, {"sleep", "1000"});
  ports::MountSpec read_only, writable, memory;
  read_only.host_path = folder.string();
  read_only.container_path = "/ro";
  read_only.read_only = true;
  writable.host_path = folder.string();
  writable.container_path = "/rw";
  writable.sub_path = "sub";
  memory.type = ports::MountSpec::Type::Tmpfs;
  memory.container_path = "/memory";
  memory.tmpfs_bytes = 1 << 20;
  app.mounts = {read_only, writable, memory};
  app.memory_limit_bytes = 64 << 20;
  app.cpu_limit_milli = 500;
  app.cpu_request_milli = 250;
  app.working_dir = "/rw";
  api::core_v1::SecurityContext security;
  security.runAsUser = 1000;
  security.readOnlyRootFilesystem = true;
  security.allowPrivilegeEscalation = false;
  security.capabilities.mut().drop = {"ALL"};
  app.security = security;
  app.pod_security.mut().runAsGroup = 2000;
  app.pod_security.mut().fsGroup = 3000;
  app.oom_score_adj = -997;  // lowered only where the engine may
  Str id = w.run(app);

  CHECK(w.sh(id, "pwd") == "/rw\n");
  CHECK(w.sh(id, "cat /ro/sub/hello; echo changed >hello; cat /ro/sub/hello") == "from the host\nchanged\n");
  CHECK(w.good(w.exec(id, {"touch", "/ro/new"})).exit_code != 0);
  CHECK(w.good(w.exec(id, {"touch", "/new"})).exit_code != 0);
  CHECK(w.good(w.exec(id, {"sh", "-c", "head -c 500k /dev/zero >/memory/fits"})).exit_code == 0);
  CHECK(w.good(w.exec(id, {"sh", "-c", "head -c 2m /dev/zero >/memory/big"})).exit_code != 0);
  CHECK(w.sh(id, "id -u; id -g; id -G") == "1000\n2000\n2000 3000\n");
  CHECK(w.sh(id, "grep CapEff /proc/self/status").find("0000000000000000") != std::string::npos);
  CHECK(w.sh(id, "grep NoNewPrivs /proc/self/status").find("1") != std::string::npos);
  std::string limits =
      w.sh(id, "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max");
  CHECK(limits == "67108864\n");
  std::string cpu = w.sh(id, "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cat /sys/fs/cgroup/cpu.max");
  CHECK(starts_with(cpu, "50000"));

  w.good(w.ask<Result<void>>([&](auto to) { w.runtime->update_resources(id, 128 << 20, 250, to); }));
  limits = w.sh(id, "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max");
  CHECK(limits == "134217728\n");

  auto all = w.good(w.ask<Result<std::vector<ports::ContainerStats>>>([&](auto to) { w.runtime->stats(to); }));
  REQUIRE(all.size() == 1);
  CHECK(all[0].name == "app");
  CHECK(all[0].cpu_nanoseconds > 1000000);
  CHECK(all[0].memory_usage_bytes > 100000);
  CHECK(all[0].memory_working_set_bytes <= all[0].memory_usage_bytes);

  ports::MountSpec bad = writable;
  bad.sub_path = "../etc";
  app.mounts = {bad};
  app.name = "other";
  auto refused = w.ask<Result<Str>>([&](auto to) { w.runtime->create_container(app, to); });
  CHECK(refused.error().reason == Reason::BadRequest);
  w.good(w.stop(id, seconds(0)));
  std::filesystem::remove_all(folder);
}

TEST_CASE("DockerRuntime: more CPU than the machine has, and less memory than the engine takes, are no errors") {
  LiveWorld w;
  auto spec = w.sandbox_spec("bounds");
  Str sandbox = w.run_sandbox(spec);
  auto app = w.container_spec(spec, sandbox, {"true"});
  app.cpu_limit_milli = 10'000'000;
  app.memory_limit_bytes = 1 << 20;
  CHECK(w.ended(spec.pod, w.run(app)).exit_code == 0);
}

TEST_CASE("DockerRuntime: a new runtime finds the pods of the one before by their labels, and only its own") {
  LiveWorld w;
  auto spec = w.sandbox_spec("found");
  Str sandbox = w.run_sandbox(spec);
  auto app = w.container_spec(spec, sandbox, {"sleep", "1000"});
  app.attempt = 4;
  Str id = w.run(app);
  w.restart();
  auto pods = w.pods();
  REQUIRE(pods.size() == 1);
  CHECK(pods[0].pod.uid == spec.pod.uid);
  CHECK(pods[0].pod.ns == "default");
  CHECK(pods[0].pod.name == "found");
  CHECK(pods[0].sandboxes[0].id == sandbox);
  REQUIRE(pods[0].containers.size() == 1);
  CHECK(pods[0].containers[0].id == id);
  CHECK(pods[0].containers[0].attempt == 4);
  CHECK(pods[0].containers[0].state == ContainerState::Running);

  LiveWorld other;
  CHECK(other.pods().empty());

  // A call that the killed daemon had made already has the same answer when it is made again.
  CHECK(w.create(app) == id);
  // One that was created and never started is made anew.
  app.name = "half";
  Str half = w.create(app);
  Str again = w.create(app);
  CHECK(again != half);
  w.good(w.start(again));
}

TEST_CASE("DockerRuntime: events tell what happened behind our back") {
  using Type = ports::RuntimeEvent::Type;
  LiveWorld w;
  w.runtime->subscribe(w.reply(LiveWorld::kEvent));
  REQUIRE(w.until([&] { return w.events.size() == 1; }));
  CHECK(w.events[0].type == Type::Resync);
  auto spec = w.sandbox_spec("events");
  Str sandbox = w.run_sandbox(spec);
  Str id = w.run(w.container_spec(spec, sandbox, {"sleep", "1000"}));
  REQUIRE(w.until([&] { return w.saw(Type::ContainerStarted, id); }));
  CHECK(w.events.back().pod.uid == spec.pod.uid);
  CHECK(w.container(spec.pod, id).state == ContainerState::Running);

  auto docker = [&](const char* what, const Str& which) {
    return std::system(cat("docker -H ", live_engine().text(), " ", what, " ", which, " >/dev/null").c_str());
  };
  REQUIRE(docker("kill", id) == 0);
  CHECK(w.until([&] { return w.saw(Type::ContainerDied, id); }));
  auto c = w.container(spec.pod, id);  // what was known of it is not told any more
  CHECK(c.state == ContainerState::Exited);
  CHECK(c.exit_code == 137);
  REQUIRE(docker("rm", id) == 0);
  CHECK(w.until([&] { return w.saw(Type::ContainerRemoved, id); }));
  REQUIRE(docker("kill", sandbox) == 0);
  CHECK(w.until([&] { return w.saw(Type::SandboxDied, sandbox); }));
}

TEST_CASE("DockerRuntime: twenty pods at once") {
  LiveWorld w;
  constexpr int kPods = 20;
  auto before = std::chrono::steady_clock::now();
  std::vector<ports::ReplyTo> sandboxes, created, started;
  std::vector<ports::SandboxSpec> specs;
  for (int i = 0; i < kPods; ++i) {
    specs.push_back(w.sandbox_spec(cat("many-", i).c_str()));
    sandboxes.push_back(w.reply());
    w.runtime->run_sandbox(specs.back(), sandboxes.back());
  }
  int ready = 0;
  std::vector<int> stage(kPods, 0);
  std::vector<Str> sandbox_ids(kPods), ids(kPods);
  created.resize(kPods);
  started.resize(kPods);
  bool failed = false;
  REQUIRE(w.until(
      [&] {
        for (int i = 0; i < kPods; ++i) {
          if (stage[i] == 0 && w.answers.count(sandboxes[i].token)) {
            auto& r = *static_cast<const Result<Str>*>(w.answers[sandboxes[i].token].get());
            failed = failed || !r;
            if (!r) continue;
            stage[i] = 1;
            created[i] = w.reply();
            w.runtime->create_container(w.container_spec(specs[i], *r, {"sleep", "1000"}), created[i]);
          } else if (stage[i] == 1 && w.answers.count(created[i].token)) {
            auto& r = *static_cast<const Result<Str>*>(w.answers[created[i].token].get());
            failed = failed || !r;
            if (!r) continue;
            stage[i] = 2;
            started[i] = w.reply();
            w.runtime->start_container(*r, started[i]);
          } else if (stage[i] == 2 && w.answers.count(started[i].token)) {
            auto& r = *static_cast<const Result<void>*>(w.answers[started[i].token].get());
            failed = failed || !r;
            stage[i] = 3;
            ++ready;
          }
        }
        return failed || ready == kPods;
      },
      120000));
  CHECK(!failed);
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - before).count();
  std::printf("20 pods running after %lld ms\n", static_cast<long long>(ms));
  auto pods = w.pods();
  CHECK(pods.size() == kPods);
  for (const auto& pod : pods) CHECK(pod.containers[0].state == ContainerState::Running);
}
