#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {
namespace {

// Kubernetes' documents, "Finalizers": an object with finalizers is only marked; it goes when the list is empty. The
// server removes it in the write that takes the last one away, so of the last state seen before at most one may remain.
class Finalizers final : public Checker {
 public:
  std::string_view name() const override { return "finalizers"; }

  void on_change(const Mirror&, const Seen& seen) override {
    if (seen.after || !seen.before || seen.replayed || !seen.before.type().has_object_meta) return;
    const auto& last = seen.before.meta();
    if (last.finalizers.empty()) return;
    if (!last.deletionTimestamp.is_set())
      violated(seen.at, cat(seen.resource, " ", seen.key, " went at once, held by ", last.finalizers[0]));
    else if (last.finalizers.size() > 1)
      violated(seen.at, cat(seen.resource, " ", seen.key, " went while ", last.finalizers.size(), " finalizers held it"));
  }
};

}  // namespace

CheckerPtr check_finalizers() { return std::make_unique<Finalizers>(); }

}  // namespace orrery::sim
