#include "core/scheduler/pod_info.h"

#include <algorithm>

#include "core/client/image_name.h"

namespace orrery::scheduler {

using api::core_v1::Container;
using api::core_v1::Pod;

namespace {

constexpr int64_t kDefaultCpuM = 100;                       // pkg/scheduler/util/pod_resources.go
constexpr int64_t kDefaultMemory = 200LL * 1024 * 1024;

void max_with(Resources& into, const Resources& other) {
  into.cpu_m = std::max(into.cpu_m, other.cpu_m);
  into.memory = std::max(into.memory, other.memory);
  into.ephemeral = std::max(into.ephemeral, other.ephemeral);
  for (const auto& [name, amount] : other.others) {
    auto it = std::lower_bound(into.others.begin(), into.others.end(), name,
                               [](const auto& entry, const Str& n) { return entry.first < n; });
    if (it != into.others.end() && it->first == name)
      it->second = std::max(it->second, amount);
    else
      into.others.insert(it, {name, amount});
  }
}

Resources with_defaults(Resources r, const Map<Quantity>& requests) {
  if (!requests.contains("cpu")) r.cpu_m = kDefaultCpuM;
  if (!requests.contains("memory")) r.memory = kDefaultMemory;
  return r;
}

// Containers run together; init containers one after another, beside the restartable ones started before.
template <class F>
Resources total(const Pod& pod, F&& of) {
  Resources sum, restartable, init_peak;
  for (const Container& c : pod.spec.containers) sum.add(of(c), +1);
  for (const Container& c : pod.spec.initContainers) {
    Resources r = of(c);
    if (c.restartPolicy && *c.restartPolicy == "Always") {
      sum.add(r, +1);
      restartable.add(r, +1);
      max_with(init_peak, restartable);
    } else {
      r.add(restartable, +1);
      max_with(init_peak, r);
    }
  }
  max_with(sum, init_peak);
  return sum;
}

}  // namespace

int64_t Resources::other(const Str& name) const {
  for (const auto& [have, amount] : others)
    if (have == name) return amount;
  return 0;
}

void Resources::add(const Resources& more, int sign) {
  cpu_m += sign * more.cpu_m;
  memory += sign * more.memory;
  ephemeral += sign * more.ephemeral;
  for (const auto& [name, amount] : more.others) {
    auto it = std::lower_bound(others.begin(), others.end(), name,
                               [](const auto& entry, const Str& n) { return entry.first < n; });
    if (it == others.end() || !(it->first == name)) it = others.insert(it, {name, 0});
    it->second += sign * amount;
  }
}

Resources resources_of(const Map<Quantity>& quantities) {
  Resources r;
  for (const auto& [name, amount] : quantities) {
    if (name == "cpu")
      r.cpu_m = amount.milli_value();
    else if (name == "memory")
      r.memory = amount.value();
    else if (name == "ephemeral-storage")
      r.ephemeral = amount.value();
    else if (name.view().find('/') != std::string_view::npos || name.view().substr(0, 10) == "hugepages-")
      r.others.emplace_back(name, amount.value());  // a Map is sorted by name
  }
  return r;
}

bool HostPort::conflicts(const HostPort& other) const {
  if (port != other.port || !(protocol == other.protocol)) return false;
  return ip == other.ip || ip == "0.0.0.0" || other.ip == "0.0.0.0";
}

PodInfo make_pod_info(PodPtr pod) {
  PodInfo info;
  const auto& spec = pod->spec;
  info.requests = total(*pod, [](const Container& c) { return resources_of(c.resources.requests); });
  Resources scored = total(*pod, [](const Container& c) {
    return with_defaults(resources_of(c.resources.requests), c.resources.requests);
  });
  if (spec.resources && !spec.resources->requests.empty()) {  // pod-level resources take the containers' place
    Resources whole = resources_of(spec.resources->requests);
    if (spec.resources->requests.contains("cpu")) info.requests.cpu_m = scored.cpu_m = whole.cpu_m;
    if (spec.resources->requests.contains("memory")) info.requests.memory = scored.memory = whole.memory;
  }
  info.best_effort = info.requests.cpu_m == 0 && info.requests.memory == 0;
  Resources overhead = resources_of(spec.overhead);
  info.requests.add(overhead, +1);
  info.score_cpu_m = scored.cpu_m + overhead.cpu_m;
  info.score_memory = scored.memory + overhead.memory;
  for (const Container& c : spec.containers) {
    for (const auto& port : c.ports) {
      if (port.hostPort <= 0) continue;
      info.ports.push_back({port.hostIP.empty() ? Str("0.0.0.0") : port.hostIP,
                            port.protocol.empty() ? Str("TCP") : port.protocol, port.hostPort});
    }
    info.images.push_back(client::normalized_image(c.image));
  }
  info.claims = client::claims_of(*pod);
  info.priority = spec.priority.value_or(0);
  info.started = pod->status.startTime.is_set() ? pod->status.startTime : pod->metadata.creationTimestamp;
  info.pod = std::move(pod);
  return info;
}

}  // namespace orrery::scheduler
