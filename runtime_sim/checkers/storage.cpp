#include "core/api/gen/core_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {
namespace {

using api::core_v1::Node;
using api::core_v1::PersistentVolume;
using api::core_v1::PersistentVolumeClaim;
using api::core_v1::Pod;

// Kubernetes' documents, "Persistent Volumes": pods that use a volume are only scheduled to nodes that its node
// affinity selects; a claim in active use by a pod is not removed.
class Storage final : public Checker {
 public:
  std::string_view name() const override { return "storage"; }

  void on_change(const Mirror& mirror, const Seen& seen) override {
    if (seen.resource == "pods") return pod_changed(mirror, seen);
    if (seen.resource == "persistentvolumeclaims") claim_changed(mirror, seen);
  }

 private:
  void pod_changed(const Mirror& mirror, const Seen& seen) {
    const Pod* after = seen.after.as<Pod>();
    if (!after) {
      placed_.erase(seen.key);
      return;
    }
    if (after->spec.nodeName.empty() || placed_.count(seen.key)) return;
    placed_[seen.key] = seen.replayed ? Instant{INT64_MAX} : seen.at;
    for (const auto& v : after->spec.volumes)
      if (v.persistentVolumeClaim) judge(mirror, *after, v.persistentVolumeClaim->claimName, seen);
  }

  void judge(const Mirror& mirror, const Pod& pod, const Str& name, const Seen& seen) {
    const auto* claim =
        mirror.get<PersistentVolumeClaim>("persistentvolumeclaims", cat(pod.metadata.namespace_, "/", name));
    if (!claim || claim->spec.volumeName.empty()) return;
    const auto* volume = mirror.get<PersistentVolume>("persistentvolumes", claim->spec.volumeName);
    const auto* node = mirror.get<Node>("nodes", pod.spec.nodeName);
    if (!volume || !node || !volume->spec.nodeAffinity || !volume->spec.nodeAffinity->required) return;
    for (const auto& term : volume->spec.nodeAffinity->required->nodeSelectorTerms) {
      bool all = !term.matchExpressions.empty();
      for (const auto& e : term.matchExpressions)
        all = all && e.operator_ == "In" && e.values.contains(node->metadata.labels.get(e.key));
      if (all) return;
    }
    violated(seen.at, cat("pod ", seen.key, " went to ", pod.spec.nodeName, ", which can't reach its volume ",
                          volume->metadata.name));
  }

  void claim_changed(const Mirror& mirror, const Seen& seen) {
    const auto* before = seen.before.as<PersistentVolumeClaim>();
    const auto* after = seen.after.as<PersistentVolumeClaim>();
    if (after) {
      if (after->metadata.deletionTimestamp.is_set()) marked_.emplace(seen.key, seen.at);
      return;
    }
    auto marked = marked_.find(seen.key);
    const Instant since = marked == marked_.end() ? seen.at : marked->second;
    if (marked != marked_.end()) marked_.erase(marked);
    if (seen.replayed) return;
    for (const auto& [key, object] : mirror.all("pods")) {
      const Pod& pod = *object.as<Pod>();
      auto on_node = placed_.find(key);
      if (on_node == placed_.end() || on_node->second >= since) continue;  // it came when that was not foreseen
      if (!(pod.metadata.namespace_ == before->metadata.namespace_)) continue;
      for (const auto& v : pod.spec.volumes)
        if (v.persistentVolumeClaim && v.persistentVolumeClaim->claimName == before->metadata.name)
          violated(seen.at, cat("claim ", seen.key, " went while pod ", key, " uses it"));
    }
  }

  std::map<Str, Instant> placed_;  // pods: since when they have a node
  std::map<Str, Instant> marked_;  // claims: since when they are being deleted
};

}  // namespace

CheckerPtr check_storage() { return std::make_unique<Storage>(); }

}  // namespace orrery::sim
