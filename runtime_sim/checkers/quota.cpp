#include "core/api/gen/core_v1.h"
#include "core/base/text.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {
namespace {

using api::core_v1::Pod;
using api::core_v1::ResourceQuota;

// Kubernetes' documents, "Resource Quotas": what would exceed a hard limit is not created. Quotas that were lowered
// below what is there are no violation, so only creations are judged, and those by what the quota's status says is used:
// its controller counts from watches, which each may lag, and so may write a count that leaves out what was just created
// (pkg/controller/resourcequota syncResourceQuota).
class Quota final : public Checker {
 public:
  std::string_view name() const override { return "quota"; }

  void on_change(const Mirror& mirror, const Seen& seen) override {
    if (seen.before || !seen.after || seen.replayed || !seen.after.type().has_object_meta) return;
    const Str& ns = seen.after.meta().namespace_;
    for (const auto& [key, object] : mirror.all("resourcequotas")) {
      const ResourceQuota& quota = *object.as<ResourceQuota>();
      if (!(quota.metadata.namespace_ == ns) || !quota.spec.scopes.empty() || quota.spec.scopeSelector) continue;
      for (const auto& [what, hard] : quota.spec.hard) {
        std::string resource = starts_with(what, "count/") ? what.str().substr(6) : what.str();
        if (resource != seen.resource) continue;
        int64_t used = count(mirror.all(resource), ns);
        const Quantity* told = quota.status.used.find(what);  // before this creation is charged, which is the next change
        if (used > hard.value() && (!told || told->value() + 1 > hard.value()))
          violated(seen.at, cat(seen.resource, " ", seen.key, " was created: ", used, " of ", hard.value(), " that quota ", quota.metadata.name, " allows"));
      }
    }
  }

 private:
  static int64_t count(const Mirror::Objects& objects, const Str& ns) {
    int64_t n = 0;
    for (const auto& [key, object] : objects) {
      if (!(object.meta().namespace_ == ns)) continue;
      const Pod* pod = object.as<Pod>();
      n += !pod || (pod->status.phase != "Succeeded" && pod->status.phase != "Failed");
    }
    return n;
  }
};

}  // namespace

CheckerPtr check_quota() { return std::make_unique<Quota>(); }

}  // namespace orrery::sim
