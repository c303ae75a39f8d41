#include "core/api/gen/core_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {
namespace {

// Kubernetes' documents, "StatefulSets", "Stable network identity": at most one pod with a given identity runs at any
// time. Which pods belong to a StatefulSet is remembered: a pod that was deleted by force may still run. "Deployment and
// Scaling Guarantees": with terminationGracePeriodSeconds 0 nothing is promised, since every deletion is by force then.
class Identity final : public Checker {
 public:
  std::string_view name() const override { return "identity"; }

  void on_change(const Mirror&, const Seen& seen) override {
    const auto* pod = seen.resource == "pods" ? seen.after.as<api::core_v1::Pod>() : nullptr;
    if (!pod || pod->spec.terminationGracePeriodSeconds == 0) return;
    for (const auto& owner : seen.after.meta().ownerReferences)
      if (owner.kind == "StatefulSet" && owner.controller.value_or(false)) members_.insert(seen.after.meta().uid);
  }

  void on_processes(const Mirror&, const std::vector<RunningPod>& running, Instant at) override {
    std::map<std::pair<Str, Str>, const RunningPod*> first;
    for (const RunningPod& pod : running) {
      if (!members_.count(pod.uid)) continue;
      auto [it, fresh] = first.insert({{pod.ns, pod.name}, &pod});
      if (!fresh && it->second->uid != pod.uid && told_.insert(pod.uid).second)
        violated(at, cat("two pods ", pod.ns, "/", pod.name, " run: on ", it->second->node, " and on ", pod.node));
    }
  }

 private:
  std::set<Str> members_, told_;
};

}  // namespace

CheckerPtr check_identity() { return std::make_unique<Identity>(); }

}  // namespace orrery::sim
