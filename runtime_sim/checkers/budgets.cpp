#include "core/api/gen/core_v1.h"
#include "core/api/gen/policy_v1.h"
#include "core/base/text.h"
#include "core/client/match.h"
#include "runtime_sim/checkers/checker.h"
#include "runtime_sim/checkers/pods.h"

namespace orrery::sim {
namespace {

using api::core_v1::Pod;
using api::policy_v1::PodDisruptionBudget;

bool evicted(const Pod& pod) {
  for (const auto& c : pod.status.conditions)
    if (c.type == "DisruptionTarget" && c.reason == "EvictionByEvictionAPI") return true;
  return false;
}

// Kubernetes' documents, "Specifying a Disruption Budget": minAvailable in numbers is judged; percentages and
// maxUnavailable depend on what the controller expects and are left to it.
class Budgets final : public Checker {
 public:
  std::string_view name() const override { return "budgets"; }

  void on_change(const Mirror& mirror, const Seen& seen) override {
    if (seen.resource != "pods") return;
    const Pod* before = seen.before.as<Pod>();
    const Pod* after = seen.after.as<Pod>();
    if (before && is_ready(*before) && !before->metadata.deletionTimestamp.is_set()) last_healthy_[before->metadata.uid] = seen.at;
    if (!after || !evicted(*after) || !told_.insert(after->metadata.uid).second) return;
    if (before && !is_ready(*before)) return;  // it was no help to the budget
    for (const auto& [key, object] : mirror.all("policy/poddisruptionbudgets")) judge(mirror, *object.as<PodDisruptionBudget>(), *after, seen.at);
  }

 private:
  void judge(const Mirror& mirror, const PodDisruptionBudget& budget, const Pod& pod, Instant at) {
    if (!(budget.metadata.namespace_ == pod.metadata.namespace_) || !budget.spec.minAvailable || budget.spec.minAvailable->is_string ||
        !client::matches(budget.spec.selector, pod.metadata.labels))
      return;
    int64_t healthy = 0;
    for (const auto& [key, object] : mirror.all("pods")) {
      const Pod& other = *object.as<Pod>();
      if (other.metadata.uid == pod.metadata.uid || !(other.metadata.namespace_ == pod.metadata.namespace_) ||
          !client::matches(budget.spec.selector, other.metadata.labels) || evicted(other))
        continue;
      auto last = last_healthy_.find(other.metadata.uid);
      bool recently = last != last_healthy_.end() && at - last->second <= kControllerLag;
      healthy += (is_ready(other) && !other.metadata.deletionTimestamp.is_set()) || recently;
    }
    if (healthy < budget.spec.minAvailable->number)
      violated(at, cat("pod ", pod.metadata.name, " was evicted, which leaves ", healthy, " healthy of the ", budget.spec.minAvailable->number,
                       " that budget ", budget.metadata.name, " demands"));
  }

  std::map<Str, Instant> last_healthy_;  // by uid
  std::set<Str> told_;
};

}  // namespace

CheckerPtr check_budgets() { return std::make_unique<Budgets>(); }

}  // namespace orrery::sim
