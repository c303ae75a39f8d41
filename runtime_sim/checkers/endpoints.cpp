#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"
#include "runtime_sim/checkers/pods.h"

namespace orrery::sim {
namespace {

using api::core_v1::Pod;
using api::core_v1::Service;
using api::discovery_v1::EndpointSlice;

bool serves(const Pod& pod) { return pod.status.phase != "Succeeded" && pod.status.phase != "Failed" && is_ready(pod); }

bool selects(const Map<Str>& selector, const Map<Str>& labels) {
  for (const auto& [key, value] : selector) {
    const Str* has = labels.find(key);
    if (!has || !(*has == value)) return false;
  }
  return !selector.empty();
}

class Endpoints final : public Checker {
 public:
  std::string_view name() const override { return "endpoints"; }

  void on_change(const Mirror& mirror, const Seen& seen) override {
    if (seen.resource == "pods") {
      const Pod* before = seen.before.as<Pod>();
      if (before && serves(*before)) last_ready_[before->metadata.uid] = seen.at;
      if (const Pod* after = seen.after.as<Pod>(); after && serves(*after)) last_ready_[after->metadata.uid] = seen.at;
      return;
    }
    const EndpointSlice* slice = seen.after.as<EndpointSlice>();
    if (!slice || takes_unready(mirror, *slice)) return;
    for (const auto& e : slice->endpoints) {
      if (!e.targetRef || e.targetRef->kind != "Pod" || !e.conditions.ready.value_or(true)) continue;
      const Pod* pod = mirror.get<Pod>("pods", cat(e.targetRef->namespace_, "/", e.targetRef->name));
      if (pod && pod->metadata.uid == e.targetRef->uid && serves(*pod)) continue;
      auto last = last_ready_.find(e.targetRef->uid);
      if (last != last_ready_.end() && seen.at - last->second <= kControllerLag) continue;
      violated(seen.at, cat("EndpointSlice ", seen.key, " calls pod ", e.targetRef->name, " ready, which it is not"));
    }
  }

  void at_rest(const Mirror& mirror, Instant at) override {
    for (const auto& [key, object] : mirror.all("services")) {
      const Service* service = object.as<Service>();
      if (!service || service->spec.selector.empty() || service->spec.type == "ExternalName") continue;
      std::set<Str> want, have;
      for (const auto& [pod_key, pod_object] : mirror.all("pods")) {
        const Pod* pod = pod_object.as<Pod>();
        bool expected = serves(*pod) || service->spec.publishNotReadyAddresses;
        if (expected && pod->metadata.namespace_ == service->metadata.namespace_ && !pod->metadata.deletionTimestamp.is_set() &&
            selects(service->spec.selector, pod->metadata.labels))
          want.insert(pod->metadata.name);
      }
      for (const auto& [slice_key, slice_object] : mirror.all("discovery.k8s.io/endpointslices")) {
        const EndpointSlice* slice = slice_object.as<EndpointSlice>();
        const Str* of = slice->metadata.labels.find("kubernetes.io/service-name");
        if (!of || !(*of == service->metadata.name) || !(slice->metadata.namespace_ == service->metadata.namespace_)) continue;
        for (const auto& e : slice->endpoints)
          if (e.targetRef && e.conditions.ready.value_or(true)) have.insert(e.targetRef->name);
      }
      for (const Str& pod : want)
        if (!have.count(pod)) violated(at, cat("Service ", key, " has no endpoint for ready pod ", pod));
      for (const Str& pod : have)
        if (!want.count(pod)) violated(at, cat("Service ", key, " has an endpoint for pod ", pod, ", which is not ready"));
    }
  }

 private:
  static bool takes_unready(const Mirror& mirror, const EndpointSlice& slice) {
    const Str* of = slice.metadata.labels.find("kubernetes.io/service-name");
    const Service* service = of ? mirror.get<Service>("services", cat(slice.metadata.namespace_, "/", *of)) : nullptr;
    return !service || service->spec.publishNotReadyAddresses;
  }

  std::map<Str, Instant> last_ready_;  // by uid
};

}  // namespace

CheckerPtr check_endpoints() { return std::make_unique<Endpoints>(); }

}  // namespace orrery::sim
