#include <algorithm>

#include "core/api/gen/core_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {
namespace {

using api::core_v1::Container;
using api::core_v1::Pod;

struct Asked {
  int64_t cpu_m = 0, memory = 0, pods = 0;
};

Asked asked_by(const Container& c) {
  Asked out;
  if (const Quantity* q = c.resources.requests.find("cpu")) out.cpu_m = q->milli_value();
  if (const Quantity* q = c.resources.requests.find("memory")) out.memory = q->value();
  return out;
}

// Kubernetes' documents, "Init containers", "Resource sharing within containers": the sum of the containers that run
// side by side, or what the greatest init container asks for on top of the sidecars before it.
Asked asked_by(const Pod& pod) {
  Asked sum, greatest, sidecars;
  for (const Container& c : pod.spec.containers) {
    Asked a = asked_by(c);
    sum.cpu_m += a.cpu_m;
    sum.memory += a.memory;
  }
  for (const Container& c : pod.spec.initContainers) {
    Asked a = asked_by(c);
    if (c.restartPolicy && *c.restartPolicy == "Always") {
      sidecars.cpu_m += a.cpu_m;
      sidecars.memory += a.memory;
      a = {};
    }
    greatest.cpu_m = std::max(greatest.cpu_m, a.cpu_m + sidecars.cpu_m);
    greatest.memory = std::max(greatest.memory, a.memory + sidecars.memory);
  }
  return {std::max(sum.cpu_m + sidecars.cpu_m, greatest.cpu_m), std::max(sum.memory + sidecars.memory, greatest.memory), 1};
}

// Pods that their kubelet took on: one that was bound by a mistake is refused there (OutOfcpu) and never runs.
bool counts(const Pod& pod) {
  return !pod.spec.nodeName.empty() && pod.status.startTime.is_set() && pod.status.phase != "Succeeded" && pod.status.phase != "Failed";
}

class Capacity final : public Checker {
 public:
  std::string_view name() const override { return "capacity"; }

  void on_change(const Mirror& mirror, const Seen& seen) override {
    if (seen.resource != "pods") return;
    const Pod* after = seen.after.as<Pod>();
    const Pod* before = seen.before.as<Pod>();
    for (const Pod* pod : {before, after}) {
      if (!pod) continue;
      auto it = by_node_.find(pod->spec.nodeName);
      if (it != by_node_.end()) it->second.erase(seen.key);
    }
    if (!after || !counts(*after)) return;
    by_node_[after->spec.nodeName].insert({seen.key, asked_by(*after)});
    judge(mirror, after->spec.nodeName, seen.at);
  }

 private:
  void judge(const Mirror& mirror, const Str& name, Instant at) {
    const auto* node = mirror.get<api::core_v1::Node>("nodes", name);
    if (!node) return;
    Asked sum;
    for (const auto& [key, asked] : by_node_[name]) {
      sum.cpu_m += asked.cpu_m;
      sum.memory += asked.memory;
      sum.pods += asked.pods;
    }
    auto over = [&](std::string_view what, int64_t used, int64_t room) {
      if (used > room) violated(at, cat("pods on node ", name, " ask for ", used, " of ", what, ", it has ", room));
    };
    if (const Quantity* q = node->status.allocatable.find("cpu")) over("cpu (in thousandths)", sum.cpu_m, q->milli_value());
    if (const Quantity* q = node->status.allocatable.find("memory")) over("memory", sum.memory, q->value());
    if (const Quantity* q = node->status.allocatable.find("pods")) over("pods", sum.pods, q->value());
  }

  std::map<Str, std::map<Str, Asked>> by_node_;
};

}  // namespace

CheckerPtr check_capacity() { return std::make_unique<Capacity>(); }

}  // namespace orrery::sim
