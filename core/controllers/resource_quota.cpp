#include "core/controllers/resource_quota.h"

#include "core/api/usage/usage.h"
#include "core/controllers/kinds.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::ResourceQuota;
using client::Attempt;
using client::Key;
using client::Plan;

namespace {

// After a change the caches of all kinds get this long to see what went with it.
constexpr Duration kSettle = millis(100);
constexpr Duration kResync = minutes(5);

bool ended(const ObjectPtr& object) {
  const auto* pod = object.as<api::core_v1::Pod>();
  return pod && (pod->status.phase == "Succeeded" || pod->status.phase == "Failed");
}

}  // namespace

void ResourceQuotaController::setup(client::InformerSet& informers) {
  quotas_ = &informers.of<ResourceQuota>();
  quotas_->add_handler(*this);
  for (const api::KindInfo* kind : deletable_kinds()) {
    if (!kind->namespaced) continue;
    counted_.push_back(&informers.of(*kind));
    counted_.back()->add_handler(*this);
  }
}

void ResourceQuotaController::queue_quotas_of(const Str& ns) {
  quotas_->each_in(ns, [&](const ObjectPtr& quota) { queue().add_after(client::key_of(quota), kSettle); });
}

void ResourceQuotaController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                        const ObjectPtr& after) {
  if (&informer == quotas_) {
    const auto* was = before.as<ResourceQuota>();
    const auto* now = after.as<ResourceQuota>();
    if (now && (!was || !(was->spec == now->spec))) queue().add(client::key_of(after));
    return;
  }
  if (quotas_->size() == 0 || !before) return;
  if (!after || (ended(after) && !ended(before))) queue_quotas_of(before.meta().namespace_);
}

Plan ResourceQuotaController::plan(const Key& key, const Attempt&) {
  Plan plan;
  const ObjectPtr& object = quotas_->find(key);
  const auto* quota = object.as<ResourceQuota>();
  if (!quota) return plan;
  api::Usage used;
  for (const auto& [name, amount] : quota->spec.hard) used.set(name, Quantity::of(0, amount.format()));
  for (const client::Informer* kind : counted_)
    kind->each_in(key.ns, [&](const ObjectPtr& one) {
      if (!api::quota_matches(*quota, one)) return;
      for (const auto& [name, amount] : api::usage_of(kind->kind(), one))
        if (used.contains(name)) used.set(name, used.get(name) + amount);
    });
  ResourceQuota told = *quota;
  told.status.hard = quota->spec.hard;
  told.status.used = used;
  plan.requeue_after = kResync;
  if (!(told.status == quota->status))
    plan.writes.push_back(
        client::update_status(api::make_object(std::move(told)), cat("counted what ", key.ns, " uses")));
  return plan;
}

}  // namespace orrery::controllers
