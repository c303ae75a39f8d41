#include "core/api/gen/apps_v1.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {
namespace {

using namespace api::apps_v1;
using api::batch_v1::Job;
using api::core_v1::Node;
using api::core_v1::Pod;

template <class Condition>
bool holds(const List<Condition>& conditions, std::string_view type) {
  for (const auto& c : conditions)
    if (c.type == type) return c.status == "True";
  return false;
}

bool refused_by_quota(const Mirror& mirror, const Str& ns) {
  for (const auto& [key, object] : mirror.all("resourcequotas"))
    if (object.meta().namespace_ == ns) return true;
  return false;
}

// Its data is in a volume of a node that is gone for good: Kubernetes waits for that node, and so does the pod.
bool stranded(const Mirror& mirror, const Pod& pod) {
  for (const auto& v : pod.spec.volumes) {
    if (!v.persistentVolumeClaim) continue;
    const Str claim_key = cat(pod.metadata.namespace_, "/", v.persistentVolumeClaim->claimName);
    const auto* claim = mirror.get<api::core_v1::PersistentVolumeClaim>("persistentvolumeclaims", claim_key);
    const auto* volume = claim ? mirror.get<api::core_v1::PersistentVolume>("persistentvolumes", claim->spec.volumeName) : nullptr;
    if (!volume || !volume->spec.nodeAffinity || !volume->spec.nodeAffinity->required) continue;
    bool there = false;
    for (const auto& term : volume->spec.nodeAffinity->required->nodeSelectorTerms)
      for (const auto& e : term.matchExpressions)
        for (const auto& [name, node] : mirror.all("nodes")) there = there || e.values.contains(node.meta().labels.get(e.key));
    if (!there) return true;
  }
  return false;
}

bool any_stranded(const Mirror& mirror, const StatefulSet& set) {
  for (const auto& [key, object] : mirror.all("pods"))
    for (const auto& owner : object.meta().ownerReferences)
      if (owner.uid == set.metadata.uid && stranded(mirror, *object.as<Pod>())) return true;
  return false;
}

// A healed cluster is what its objects say it should be. Namespaces with a quota may fall short of their specs.
class Convergence final : public Checker {
 public:
  std::string_view name() const override { return "convergence"; }

  void at_rest(const Mirror& mirror, Instant at) override {
    at_ = at;
    for (const auto& [key, object] : mirror.all("nodes"))
      if (!holds(object.as<Node>()->status.conditions, "Ready")) violated(at, cat("node ", key, " is not Ready"));
    for (const auto& [key, object] : mirror.all("pods")) pod(mirror, key, *object.as<Pod>());
    for (const auto& [key, object] : mirror.all("namespaces"))
      if (object.meta().deletionTimestamp.is_set()) violated(at, cat("namespace ", key, " is still Terminating"));
    for (const auto& [key, object] : mirror.all("apps/deployments")) {
      const Deployment& d = *object.as<Deployment>();
      if (d.spec.paused || refused_by_quota(mirror, d.metadata.namespace_)) continue;
      int32_t want = d.spec.replicas.value_or(1);
      counts(cat("Deployment ", key), d.metadata.generation, d.status.observedGeneration,
             {{"replicas", d.status.replicas, want}, {"updated", d.status.updatedReplicas, want}, {"available", d.status.availableReplicas, want}});
    }
    for (const auto& [key, object] : mirror.all("apps/replicasets")) {
      const ReplicaSet& r = *object.as<ReplicaSet>();
      if (refused_by_quota(mirror, r.metadata.namespace_)) continue;
      int32_t want = r.spec.replicas.value_or(1);
      counts(cat("ReplicaSet ", key), r.metadata.generation, r.status.observedGeneration,
             {{"replicas", r.status.replicas, want}, {"ready", r.status.readyReplicas, want}});
    }
    for (const auto& [key, object] : mirror.all("apps/statefulsets")) {
      const StatefulSet& s = *object.as<StatefulSet>();
      if (any_stranded(mirror, s)) continue;
      int32_t want = s.spec.replicas.value_or(1);
      counts(cat("StatefulSet ", key), s.metadata.generation, s.status.observedGeneration,
             {{"replicas", s.status.replicas, want}, {"ready", s.status.readyReplicas, want}});
    }
    for (const auto& [key, object] : mirror.all("apps/daemonsets")) {
      const DaemonSet& d = *object.as<DaemonSet>();
      int32_t want = d.status.desiredNumberScheduled;
      counts(cat("DaemonSet ", key), d.metadata.generation, d.status.observedGeneration,
             {{"current", d.status.currentNumberScheduled, want}, {"ready", d.status.numberReady, want}, {"updated", d.status.updatedNumberScheduled, want}});
    }
    for (const auto& [key, object] : mirror.all("batch/jobs")) {
      const Job& j = *object.as<Job>();
      if (j.spec.suspend.value_or(false) || holds(j.status.conditions, "Complete") || holds(j.status.conditions, "Failed")) continue;
      violated(at, cat("Job ", key, " neither completed nor failed"));
    }
  }

 private:
  struct Count {
    std::string_view what;
    int32_t is, want;
  };
  void counts(const std::string& who, int64_t generation, int64_t observed, std::initializer_list<Count> list) {
    if (observed != generation) violated(at_, cat(who, " has generation ", generation, ", its status is of ", observed));
    for (const Count& c : list)
      if (c.is != c.want) violated(at_, cat(who, " has ", c.is, " ", c.what, ", wants ", c.want));
  }

  void pod(const Mirror& mirror, const Str& key, const Pod& pod) {
    if (pod.metadata.deletionTimestamp.is_set()) return violated(at_, cat("pod ", key, " is still Terminating"));
    if (pod.status.phase == "Pending" && stranded(mirror, pod)) return;
    if (pod.status.phase == "Pending") return violated(at_, cat("pod ", key, " is still Pending"));
    if (pod.status.phase == "Running" && !holds(pod.status.conditions, "Ready")) violated(at_, cat("pod ", key, " runs and is not Ready"));
  }

  Instant at_;
};

}  // namespace

CheckerPtr check_convergence() { return std::make_unique<Convergence>(); }

std::vector<CheckerPtr> all_checkers() {
  std::vector<CheckerPtr> out;
  for (auto make : {check_capacity, check_identity, check_endpoints, check_revisions, check_ownership, check_finalizers, check_budgets,
                    check_quota, check_storage, check_convergence})
    out.push_back(make());
  return out;
}

}  // namespace orrery::sim
