#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {
namespace {

class Revisions final : public Checker {
 public:
  std::string_view name() const override { return "revisions"; }

  void on_change(const Mirror&, const Seen& seen) override {
    if (!seen.replayed) {
      if (seen.revision <= last_)
        violated(seen.at, cat("revision ", seen.revision, " of ", seen.resource, " ", seen.key, " came after ", last_));
      last_ = seen.revision;
    }
    if (!seen.after || !seen.after.type().has_object_meta) return;
    const auto& after = seen.after.meta();
    if (after.resourceVersion != std::to_string(seen.revision))
      violated(seen.at, cat(seen.resource, " ", seen.key, " says revision ", after.resourceVersion, ", it is ", seen.revision));
    if (!seen.before || seen.replayed) return;
    const auto& before = seen.before.meta();
    auto changed = [&](std::string_view what) { violated(seen.at, cat(seen.resource, " ", seen.key, ": its ", what, " changed")); };
    if (!(before.uid == after.uid)) changed("uid");
    if (!(before.creationTimestamp == after.creationTimestamp)) changed("creationTimestamp");
    if (after.generation < before.generation)
      violated(seen.at, cat(seen.resource, " ", seen.key, ": generation went from ", before.generation, " to ", after.generation));
  }

 private:
  uint64_t last_ = 0;
};

}  // namespace

CheckerPtr check_revisions() { return std::make_unique<Revisions>(); }

}  // namespace orrery::sim
