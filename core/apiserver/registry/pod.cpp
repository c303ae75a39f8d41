// Source: pkg/registry/core/pod/strategy.go, pkg/apis/core/v1/helper/qos/qos.go
#include "core/api/gen/core_v1.h"
#include "core/apiserver/registry/kinds.h"
#include "core/apiserver/registry/registry.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;

struct Qos {
  bool any = false, guaranteed = true;
  void add(const Container& c) {
    bool limits_cpu = false, limits_memory = false;
    for (const auto& r : c.resources.requests)
      if ((r.key == "cpu" || r.key == "memory") && r.value.sign() > 0) any = true;
    for (const auto& l : c.resources.limits) {
      if ((l.key != "cpu" && l.key != "memory") || l.value.sign() <= 0) continue;
      any = true;
      (l.key == "cpu" ? limits_cpu : limits_memory) = true;
      const Quantity* request = c.resources.requests.find(l.key);
      if (request && *request != l.value) guaranteed = false;
    }
    if (!limits_cpu || !limits_memory) guaranteed = false;
  }
};

void create_pod(const StrategyContext&, api::MutableObject& object) {
  auto& pod = object.as<Pod>();
  Qos qos;
  for (const Container& c : pod.spec.containers) qos.add(c);
  for (const Container& c : pod.spec.initContainers) qos.add(c);
  pod.status.phase = "Pending";
  pod.status.qosClass = !qos.any ? "BestEffort" : qos.guaranteed ? "Guaranteed" : "Burstable";
  if (!pod.spec.schedulingGates.empty()) {
    PodCondition c;
    c.type = "PodScheduled";
    c.status = "False";
    c.reason = "SchedulingGated";
    c.message = "Scheduling is blocked due to non-empty scheduling gates";
    pod.status.conditions.push_back(std::move(c));
  }
}

void update_pod(const StrategyContext&, api::MutableObject& next, const api::ObjectPtr& old) {
  auto& pod = next.as<Pod>();
  pod.status.qosClass = old.as<Pod>()->status.qosClass;
  if (pod.status.phase.empty()) pod.status.phase = old.as<Pod>()->status.phase;
}

int64_t pod_grace(const api::ObjectPtr& object, const std::optional<int64_t>& asked) {
  const Pod& pod = *object.as<Pod>();
  int64_t period = asked ? *asked : pod.spec.terminationGracePeriodSeconds.value_or(0);
  if (pod.spec.nodeName.empty()) period = 0;  // nobody runs it
  if (pod.status.phase == "Failed" || pod.status.phase == "Succeeded") period = 0;
  return period < 0 ? 1 : period;
}

}  // namespace

void keep_part_of_spec(std::string_view subresource, const api::MutableObject& from, api::MutableObject& into) {
  if (subresource == "finalize") {
    into.as<Namespace>().spec.finalizers = static_cast<const Namespace*>(from.data())->spec.finalizers;
    return;
  }
  const Pod& asked = *static_cast<const Pod*>(from.data());
  Pod& pod = into.as<Pod>();
  if (subresource == "ephemeralcontainers") {
    pod.spec.ephemeralContainers = asked.spec.ephemeralContainers;
    return;
  }
  for (uint32_t i = 0; i < pod.spec.containers.size(); ++i)  // resize
    for (const Container& c : asked.spec.containers)
      if (c.name == pod.spec.containers[i].name) {
        pod.spec.containers.mut(i).resources = c.resources;
        pod.spec.containers.mut(i).resizePolicy = c.resizePolicy;
      }
}

Strategy pod_strategy() {
  Strategy s;
  s.type = &api::desc<Pod>();
  s.generation = true;
  s.returns_deleted = true;
  s.create = create_pod;
  s.update = update_pod;
  s.grace = pod_grace;
  return s;
}

}  // namespace orrery::apiserver
