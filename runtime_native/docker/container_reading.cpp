#include "runtime_native/docker/container_reading.h"

#include <algorithm>

#include "core/base/text.h"
#include "runtime_native/docker/container_config.h"

namespace orrery::docker {

namespace {

uint32_t attempt_of(const Json& labels) {
  int64_t n = 0;
  return parse_int64(text_at(labels, kLabelAttempt), n) && n >= 0 ? static_cast<uint32_t>(n) : 0;
}

// Kubernetes with containerd reports this for a container whose process couldn't be started.
constexpr int32_t kStartErrorExitCode = 128;

void read_exit(const Json& state, ports::ContainerStatus& out) {
  out.exit_code = static_cast<int32_t>(number_at(state, "ExitCode"));
  out.message = text_at(state, "Error");
  // OOMKilled is also true when only a child was killed and the container itself ended well.
  if (flag_at(state, "OOMKilled") && out.exit_code != 0)
    out.reason = "OOMKilled";
  else
    out.reason = out.exit_code == 0 ? "Completed" : "Error";
}

}  // namespace

ports::PodRef pod_of_labels(const Json& labels) {
  return {text_at(labels, kLabelPodUid), text_at(labels, kLabelPodNamespace), text_at(labels, kLabelPodName)};
}

bool is_sandbox(const Json& labels) { return text_at(labels, kLabelKind) == "sandbox"; }

ports::SandboxStatus sandbox_status(const Json& listed) {
  const Json& labels = field(listed, "Labels");
  ports::SandboxStatus out;
  out.id = text_at(listed, "Id");
  out.pod = pod_of_labels(labels);
  out.attempt = attempt_of(labels);
  out.ready = text_at(listed, "State") == "running";
  out.created_at = WallTime{number_at(listed, "Created") * 1'000'000'000};
  if (out.ready)
    for (const Json& network : field(listed, "NetworkSettings", "Networks"))
      if (out.ip.empty()) out.ip = text_at(network, "IPAddress");
  return out;
}

ports::ContainerStatus container_status(const Json& inspected) {
  const Json& labels = field(inspected, "Config", "Labels");
  const Json& state = field(inspected, "State");
  ports::ContainerStatus out;
  out.id = text_at(inspected, "Id");
  out.name = text_at(labels, kLabelContainer);
  out.attempt = attempt_of(labels);
  out.created_at = time_at(inspected, "Created");
  out.started_at = time_at(state, "StartedAt");
  out.finished_at = time_at(state, "FinishedAt");
  out.image = text_at(inspected, "Config", "Image");
  out.image_id = text_at(inspected, "Image");
  out.spec_hash = text_at(labels, kLabelSpecHash);
  std::string_view status = text_at(state, "Status");
  if (status == "running" || status == "paused" || status == "restarting") {
    out.state = ports::ContainerState::Running;
    out.finished_at = {};
  } else if (status == "created" || status == "configured" || status == "initialized") {
    // A start that failed leaves the container "created" with an exit code and an error.
    if (number_at(state, "ExitCode") == 0 && text_at(state, "Error").empty()) {
      out.state = ports::ContainerState::Created;
    } else {
      out.state = ports::ContainerState::Exited;
      out.exit_code = kStartErrorExitCode;
      out.reason = "StartError";
      out.message = text_at(state, "Error");
      out.finished_at = out.created_at;
    }
  } else if (status == "exited" || status == "dead" || status == "stopped") {
    out.state = ports::ContainerState::Exited;
    read_exit(state, out);
  }
  return out;
}

std::optional<ports::RuntimeEvent> read_event(std::string_view line) {
  using Type = ports::RuntimeEvent::Type;
  Json json = parse_json(line);
  const Json& actor = field(json, "Actor", "Attributes");
  std::string_view action = text_at(json, "Action");
  if (action.empty()) action = text_at(json, "status");
  ports::RuntimeEvent out;
  out.pod = pod_of_labels(actor);
  out.container_id = text_at(json, "Actor", "ID");
  if (out.container_id.empty()) out.container_id = text_at(json, "id");
  if (out.pod.uid.empty() || out.container_id.empty()) return std::nullopt;
  bool sandbox = is_sandbox(actor);
  if (action == "die" || action == "died")
    out.type = sandbox ? Type::SandboxDied : Type::ContainerDied;
  else if (sandbox)
    return std::nullopt;
  else if (action == "start")
    out.type = Type::ContainerStarted;
  else if (action == "oom")
    out.type = Type::ContainerOom;
  else if (action == "destroy" || action == "remove")
    out.type = Type::ContainerRemoved;
  else
    return std::nullopt;
  return out;
}

ports::PodStatus& PodGroups::of(const ports::PodRef& pod) {
  auto at = std::lower_bound(pods_.begin(), pods_.end(), pod.uid,
                             [](const ports::PodStatus& p, const Str& uid) { return p.pod.uid < uid; });
  if (at == pods_.end() || !(at->pod.uid == pod.uid)) {
    at = pods_.insert(at, ports::PodStatus{});
    at->pod = pod;
  }
  return *at;
}

void PodGroups::add(const ports::SandboxStatus& sandbox) {
  auto& list = of(sandbox.pod).sandboxes;
  uint32_t i = 0;
  while (i < list.size() && list[i].attempt > sandbox.attempt) ++i;
  list.insert(i, sandbox);
}

void PodGroups::add(const ports::PodRef& pod, const ports::ContainerStatus& container) {
  auto& list = of(pod).containers;
  auto before = [&](const ports::ContainerStatus& c) {
    return c.name < container.name || (c.name == container.name && c.attempt < container.attempt);
  };
  uint32_t i = 0;
  while (i < list.size() && before(list[i])) ++i;
  list.insert(i, container);
}

std::vector<ports::PodStatus> PodGroups::take() { return std::move(pods_); }

}  // namespace orrery::docker
