#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

bool is_native(std::string_view name) {
  return name.find('/') == std::string_view::npos || name.find("kubernetes.io/") != std::string_view::npos;
}
bool is_overcommit(std::string_view name) { return is_native(name) && !starts_with(name, "hugepages-"); }
bool is_container_standard(std::string_view name) {
  return name == "cpu" || name == "memory" || name == "ephemeral-storage" || starts_with(name, "hugepages-");
}

void resource_name(Errors& e, std::string_view name, const Path& at) {
  Problems bad = qualified_name(name);
  e.invalid_each(at, name, bad);
  if (!bad.empty()) return;
  if (name.find('/') == std::string_view::npos) {
    if (!is_container_standard(name))
      e.invalid(at, name, "must be a standard resource for containers");
  } else if (!is_native(name) && starts_with(name, "requests.")) {
    e.invalid(at, name, "doesn't follow extended resource name standard");
  }
}

}  // namespace

void check_resource_amount(Errors& e, std::string_view resource, const Quantity& q, const Path& at) {
  if (q.sign() < 0) e.invalid(at, q.str(), "must be greater than or equal to 0");
  bool whole = !is_native(resource) || resource == "pods" || resource == "services" || resource == "secrets" ||
               resource == "configmaps" || resource == "persistentvolumeclaims" || resource == "resourcequotas" ||
               resource == "replicationcontrollers" || resource == "services.nodeports" ||
               resource == "services.loadbalancers" || starts_with(resource, "count/");
  if (whole && !(Quantity::of(q.value()) == q)) e.invalid(at, q.str(), "must be an integer");
}

void check_resources(Errors& e, const core_v1::ResourceRequirements& r, const Path& at) {
  Path limits = at / "limits", requests = at / "requests";
  for (const auto& l : r.limits) {
    resource_name(e, l.key, limits.key(l.key));
    check_resource_amount(e, l.key, l.value, limits.key(l.key));
  }
  for (const auto& q : r.requests) {
    resource_name(e, q.key, requests.key(q.key));
    check_resource_amount(e, q.key, q.value, requests.key(q.key));
    const Quantity* limit = r.limits.find(q.key);
    if (!limit) {
      if (!is_overcommit(q.key)) e.required(limits, "Limit must be set for non overcommitable resources");
    } else if (!(*limit == q.value) && !is_overcommit(q.key)) {
      e.invalid(requests, q.value.str(), cat("must be equal to ", q.key, " limit of ", limit->str()));
    } else if (*limit < q.value) {
      e.invalid(requests, q.value.str(), cat("must be less than or equal to ", q.key, " limit of ", limit->str()));
    }
  }
}

}  // namespace orrery::api::validation
