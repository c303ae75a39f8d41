// A DockerRuntime on the engine of DOCKER_HOST, with a loop whose answers a test waits for.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/base/text.h"
#include "core/loop/loop.h"
#include "runtime_native/docker/docker_images.h"
#include "runtime_native/docker/docker_runtime.h"

namespace orrery::docker {

inline const char* kBusybox = "orrery-test/busybox:1";

inline EngineAddress live_engine() {
  const char* host = std::getenv("DOCKER_HOST");
  auto address = parse_engine_address(host ? host : "unix:///var/run/docker.sock");
  REQUIRE(address.ok());
  return *address;
}

class LiveWorld : public ports::Target {
 public:
  boost::asio::io_context io;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      io.get_executor()};  // runs on when nothing is under way
  loop::Loop loop;
  ports::TargetId id = loop.attach(*this);
  Owner owner{cat("test-", ::getpid(), "-", ++worlds_), "node-1"};
  std::optional<DockerRuntime> runtime;
  DockerImages images{io, loop, live_engine()};
  std::vector<ports::RuntimeEvent> events;
  static constexpr uint32_t kAnswer = 1, kEvent = 2, kStream = 3;

  LiveWorld() { restart(); }
  // As a kubelet does after kill -9: nothing of the old one is kept.
  void restart() { runtime.emplace(io, loop, DockerOptions{live_engine(), owner, {}, 0}); }
  // Nothing of a test stays on the engine.
  ~LiveWorld() {
    auto wait = [&](ports::ReplyTo to) { return until([&] { return answers.count(to.token) > 0; }); };
    auto list = reply();
    runtime->list_pods(list);
    if (!wait(list)) return;
    auto& pods = *static_cast<const Result<std::vector<ports::PodStatus>>*>(answers[list.token].get());
    if (!pods) return;
    std::vector<ports::ReplyTo> removals;
    for (const auto& pod : *pods)
      for (const auto& sandbox : pod.sandboxes) runtime->remove_sandbox(sandbox.id, removals.emplace_back(reply()));
    for (auto& removal : removals) wait(removal);
  }

  void on_task(const ports::Task& task) override {
    if (task.kind == kEvent)
      events.push_back(task.as<ports::RuntimeEvent>());
    else if (task.kind == kStream)
      streams[task.arg].push_back(task.as<ports::StreamPart>());
    else
      answers[task.arg] = task.payload;
  }
  std::map<uint64_t, std::shared_ptr<const void>> answers;
  std::map<uint64_t, std::vector<ports::StreamPart>> streams;

  bool until(const std::function<bool()>& done, int ms_max = 60000) {
    auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms_max);
    while (!done() && std::chrono::steady_clock::now() < end) {
      while (loop.run_turn()) {
      }
      if (!done()) io.run_one_for(std::chrono::milliseconds(20));
    }
    return done();
  }
  ports::ReplyTo reply(uint32_t kind = kAnswer) { return {id, kind, ++token_}; }

  template <class T, class Call>
  T ask(Call call) {
    ports::ReplyTo to = reply();
    call(to);
    REQUIRE(until([&] { return answers.count(to.token) > 0; }));
    T value = *static_cast<const T*>(answers[to.token].get());
    answers.erase(to.token);
    return value;
  }
  template <class T>
  T good(const Result<T>& r) {
    if (!r) FAIL(r.error().message.str());
    return *r;
  }
  void good(const Result<void>& r) {
    if (!r) FAIL(r.error().message.str());
  }

  // --- what tests do again and again
  ports::SandboxSpec sandbox_spec(const char* name) {
    ports::SandboxSpec s;
    s.pod = {cat("uid-", owner.cluster, "-", name), "default", name};
    s.hostname = name;
    return s;
  }
  Str run_sandbox(ports::SandboxSpec spec) {
    return good(ask<Result<Str>>([&](auto to) { runtime->run_sandbox(spec, to); }));
  }
  ports::ContainerSpec container_spec(const ports::SandboxSpec& sandbox, const Str& sandbox_id, List<Str> command) {
    ports::ContainerSpec c;
    c.pod = sandbox.pod;
    c.sandbox_id = sandbox_id;
    c.name = "app";
    c.image = kBusybox;
    c.command = std::move(command);
    c.spec_hash = "hash-1";
    return c;
  }
  Str create(const ports::ContainerSpec& spec) {
    return good(ask<Result<Str>>([&](auto to) { runtime->create_container(spec, to); }));
  }
  Result<void> start(const Str& id) {
    return ask<Result<void>>([&](auto to) { runtime->start_container(id, to); });
  }
  Result<void> stop(const Str& id, Duration grace) {
    return ask<Result<void>>([&](auto to) { runtime->stop_container(id, grace, to); });
  }
  Str run(const ports::ContainerSpec& spec) {
    Str id = create(spec);
    good(start(id));
    return id;
  }
  ports::PodStatus status(const ports::PodRef& pod) {
    return good(ask<Result<ports::PodStatus>>([&](auto to) { runtime->pod_status(pod, to); }));
  }
  ports::ContainerStatus container(const ports::PodRef& pod, const Str& id) {
    for (const auto& c : status(pod).containers)
      if (c.id == id) return c;
    return {};
  }
  ports::ContainerStatus ended(const ports::PodRef& pod, const Str& id) {
    ports::ContainerStatus c;
    CHECK(until([&] {
      c = container(pod, id);
      return c.state == ports::ContainerState::Exited;
    }));
    return c;
  }
  std::vector<ports::PodStatus> pods() {
    return good(ask<Result<std::vector<ports::PodStatus>>>([&](auto to) { runtime->list_pods(to); }));
  }
  Result<ports::ExecResult> exec(const Str& id, List<Str> command, Duration timeout = {}) {
    ports::ExecOptions o;
    o.command = std::move(command);
    o.timeout = timeout;
    return ask<Result<ports::ExecResult>>([&](auto to) { runtime->exec_sync(id, o, to); });
  }
  std::string sh(const Str& id, const char* script) { return good(exec(id, {"sh", "-c", script})).output.str(); }
  bool over(uint64_t token) { return !streams[token].empty() && streams[token].back().end; }
  std::string text(uint64_t token, int channel) {
    std::string out;
    for (const auto& part : streams[token])
      if (part.channel == channel) out += part.data.view();
    return out;
  }
  bool saw(ports::RuntimeEvent::Type type, const Str& container_id) {
    for (const auto& e : events)
      if (e.type == type && e.container_id == container_id) return true;
    return false;
  }

 private:
  uint64_t token_ = 0;
  inline static int worlds_ = 0;
};

}  // namespace orrery::docker
