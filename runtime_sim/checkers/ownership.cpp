#include "core/api/gen/core_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {
namespace {

// A claim that is being deleted stays while a pod uses it (Kubernetes' documents, "Storage Object in Use Protection"): a
// StatefulSet that has not seen the deletion yet gives it to the next pod of the name.
bool held_by_pod(const Mirror& mirror, const api::ObjectPtr& object) {
  const auto* held = object.as<api::core_v1::PersistentVolumeClaim>();
  if (!held || !held->metadata.deletionTimestamp) return false;
  for (const auto& [key, pod] : mirror.all("pods"))
    for (const auto& v : pod.as<api::core_v1::Pod>()->spec.volumes)
      if (v.persistentVolumeClaim && v.persistentVolumeClaim->claimName == held->metadata.name && pod.meta().namespace_ == held->metadata.namespace_)
        return true;
  return false;
}

// Kubernetes' documents, "Garbage Collection": dependents go when all of their owners are gone.
class Ownership final : public Checker {
 public:
  std::string_view name() const override { return "ownership"; }

  void on_change(const Mirror&, const Seen& seen) override {
    if (!seen.after || !seen.after.type().has_object_meta) return;
    int controllers = 0;
    for (const auto& owner : seen.after.meta().ownerReferences) controllers += owner.controller.value_or(false);
    if (controllers > 1) violated(seen.at, cat(seen.resource, " ", seen.key, " has ", controllers, " controllers"));
  }

  void at_rest(const Mirror& mirror, Instant at) override {
    std::set<Str> living;
    for (const auto& [resource, objects] : mirror.tables())
      for (const auto& [key, object] : objects)
        if (object.type().has_object_meta) living.insert(object.meta().uid);
    for (const auto& [resource, objects] : mirror.tables())
      for (const auto& [key, object] : objects) {
        if (!object.type().has_object_meta || object.meta().ownerReferences.empty()) continue;
        bool owned = false;
        for (const auto& owner : object.meta().ownerReferences) owned |= living.count(owner.uid) > 0;
        if (!owned && !held_by_pod(mirror, object)) violated(at, cat(resource, " ", key, " is left, its owner ", object.meta().ownerReferences[0].name, " is gone"));
      }
  }
};

}  // namespace

CheckerPtr check_ownership() { return std::make_unique<Ownership>(); }

}  // namespace orrery::sim
