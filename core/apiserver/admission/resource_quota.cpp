// No object is created, and none grows, beyond the quotas of its namespace. What it takes is charged to their status in
// the same transaction, so that two requests of one turn can't both take the last of it. Source: apiserver
// pkg/admission/plugin/resourcequota/controller.go (CheckRequest).
#include "core/api/usage/usage.h"
#include "core/apiserver/admission/admission.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::Usage;
using api::core_v1::ResourceQuota;

// "limits.cpu=2,pods=1"
std::string pretty(const Usage& usage, const std::vector<Str>& names) {
  std::vector<std::string> out;
  for (const Str& name : names) out.push_back(cat(name, "=", usage.get(name).str()));
  return join(out, ",");
}

// What it takes more than before; never less than nothing.
Usage difference(const Usage& after, const Usage& before) {
  Usage out;
  for (const auto& [name, amount] : after)
    if (Quantity more = amount - before.get(name); more.sign() > 0) out.set(name, more);
  return out;
}

Result<void> charge(const AdmissionRequest& r, const ResourceQuota& quota, const Usage& delta, const Str& name) {
  std::vector<Str> exceeded;
  Usage taken;
  for (const auto& [resource, amount] : delta) {
    if (!quota.status.hard.contains(resource)) continue;
    taken.set(resource, amount);
    if (quota.status.used.get(resource) + amount > quota.status.hard.get(resource)) exceeded.push_back(resource);
  }
  if (!exceeded.empty())
    return forbidden(r.kind, name,
                     cat("exceeded quota: ", quota.metadata.name, ", requested: ", pretty(taken, exceeded), ", used: ",
                         pretty(quota.status.used, exceeded), ", limited: ", pretty(quota.status.hard, exceeded)));
  if (!taken.empty()) r.writer.charges.push_back({quota.metadata.name, taken});
  return {};
}

}  // namespace

Result<void> resource_quota(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr& old) {
  if (!r.kind.namespaced || !r.subresource.empty() || !object || r.operation == "DELETE") return {};
  std::string prefix = cat(r.ns, '/');
  const store::TableId table = r.registry.table(api::kind<ResourceQuota>());
  std::vector<std::pair<Str, store::Item>> quotas;
  store::ListSpec spec;
  spec.table = table;
  spec.ns = r.ns;
  r.registry.store().list(spec, 0, quotas);
  if (quotas.empty()) return {};
  api::ObjectPtr next = api::MutableObject(*object).freeze();
  const Str& name = next.meta().name;
  Usage delta = api::usage_of(r.kind, next);
  if (r.operation == "UPDATE") delta = old ? difference(delta, api::usage_of(r.kind, old)) : Usage();
  for (const auto& [key, item] : quotas) {
    api::ObjectPtr head = r.registry.head(api::kind<ResourceQuota>(), r.ns, item.object.meta().name, r.writer);
    if (!head) continue;
    const ResourceQuota& quota = *head.as<ResourceQuota>();
    if (!api::quota_matches(quota, next)) continue;
    bool concerned = false;
    for (const auto& [resource, amount] : delta) concerned |= quota.spec.hard.contains(resource);
    std::string demands = r.operation == "CREATE" ? api::quota_demands(quota.spec.hard, next) : std::string();
    if (!demands.empty()) return forbidden(r.kind, name, cat("failed quota: ", quota.metadata.name, ": ", demands));
    if (!concerned) continue;
    std::vector<std::string> unknown;
    for (const auto& [resource, amount] : delta)
      if (quota.spec.hard.contains(resource) && !quota.status.used.contains(resource))
        unknown.push_back(resource.str());
    if (!unknown.empty())
      return forbidden(r.kind, name,
                       cat("status unknown for quota: ", quota.metadata.name, ", resources: ", join(unknown, ",")));
    if (auto no = charge(r, quota, delta, name); !no.ok()) return no;
  }
  return {};
}

void take_charges(Registry& registry, const Str& ns, Writer& writer) {
  for (const QuotaCharge& charge : writer.charges) {
    api::ObjectPtr head = registry.head(api::kind<ResourceQuota>(), ns, charge.quota, writer);
    if (!head) continue;
    api::MutableObject next(head);
    Usage& used = next.as<ResourceQuota>().status.used;
    for (const auto& [resource, amount] : charge.usage) used.set(resource, used.get(resource) + amount);
    registry.put(api::kind<ResourceQuota>(), ns, charge.quota, std::move(next), writer);
  }
  writer.charges.clear();
}

}  // namespace orrery::apiserver
