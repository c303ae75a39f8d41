#include "core/apiserver/subresource/pod_actions.h"

#include "core/api/label_text.h"
#include "core/apiserver/selection.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::core_v1::Pod;
using api::core_v1::PodCondition;
using api::policy_v1::PodDisruptionBudget;

const KindInfo& pods() { return api::kind<Pod>(); }

Error not_bound(const Str& name, std::string why) {
  Error e = make_error(Reason::Conflict, cat("Operation cannot be fulfilled on pods/binding \"", name, "\": ", why));
  e.name = name;
  e.kind = "pods/binding";
  return e;
}

bool is_ready(const Pod& pod) {
  for (const PodCondition& c : pod.status.conditions)
    if (c.type == "Ready") return c.status == "True";
  return false;
}

bool selects(const PodDisruptionBudget& budget, const Pod& pod) {
  if (!budget.spec.selector) return false;
  const auto& s = *budget.spec.selector;
  for (const auto& e : s.matchLabels) {
    const Str* v = pod.metadata.labels.find(e.key);
    if (!v || *v != e.value) return false;
  }
  for (const auto& e : s.matchExpressions) {
    LabelTerm term;
    term.key = e.key;
    term.op = e.operator_ == "In"       ? LabelTerm::Op::In
              : e.operator_ == "NotIn"  ? LabelTerm::Op::NotIn
              : e.operator_ == "Exists" ? LabelTerm::Op::Exists
                                        : LabelTerm::Op::NotExists;
    term.values.assign(e.values.begin(), e.values.end());
    if (!term.matches(pod.metadata.labels)) return false;
  }
  return true;
}

Error refused(std::string_view cause) {
  Error e = make_error(Reason::TooManyRequests, "Cannot evict pod as it would violate the pod's disruption budget.");
  e.causes.push_back({"DisruptionBudget", Str(cause), ""});
  return e;
}

// Takes one disruption from the budget, or says why not.
Result<void> take_disruption(Registry& registry, const api::ObjectPtr& found, const Pod& pod, Writer& writer) {
  const auto& budget = *found.as<PodDisruptionBudget>();
  const auto& s = budget.status;
  const Str& name = budget.metadata.name;
  if (s.observedGeneration < budget.metadata.generation) {
    Error e = refused(cat("The disruption budget ", name, " is still being processed by the server."));
    e.retry_after_s = 10;
    return e;
  }
  if (!is_ready(pod)) {
    Str policy = budget.spec.unhealthyPodEvictionPolicy.value_or(Str("IfHealthyBudget"));
    if (policy == "AlwaysAllow" || (s.currentHealthy >= s.desiredHealthy && s.desiredHealthy > 0)) return {};
  }
  if (s.disruptionsAllowed < 0)
    return forbidden(api::kind<PodDisruptionBudget>(), name, "pdb disruptions allowed is negative");
  if (s.disruptionsAllowed == 0)
    return refused(cat("The disruption budget ", name, " needs ", s.desiredHealthy, " healthy pods and has ",
                       s.currentHealthy, " currently"));
  api::MutableObject next(found);
  auto& status = next.as<PodDisruptionBudget>().status;
  --status.disruptionsAllowed;
  status.disruptedPods.set(pod.metadata.name, writer.now);
  registry.put(api::kind<PodDisruptionBudget>(), budget.metadata.namespace_, name, std::move(next), writer);
  return {};
}

}  // namespace

Result<Stored> bind_pod(Registry& registry, const Str& ns, const Str& name, const api::core_v1::Binding& binding,
                        Writer& writer) {
  api::ObjectPtr found = registry.head(pods(), ns, name, writer);
  if (!found) return not_found(pods(), name);
  const Pod& old = *found.as<Pod>();
  if (!binding.target.kind.empty() && binding.target.kind != "Node")
    return make_error(Reason::Invalid, cat("Binding \"", name, "\" is invalid: target.kind: Unsupported value: ",
                                           quoted(binding.target.kind), ": supported values: \"Node\", \"<empty>\""));
  if (binding.target.name.empty())
    return make_error(Reason::Invalid, cat("Binding \"", name, "\" is invalid: target.name: Required value"));
  if (!binding.metadata.uid.empty() && binding.metadata.uid != old.metadata.uid)
    return not_bound(name, cat("Precondition failed: UID in precondition: ", binding.metadata.uid,
                               ", UID in object meta: ", old.metadata.uid));
  if (old.metadata.deletionTimestamp.is_set())
    return not_bound(name, cat("pod ", name, " is being deleted, cannot be assigned to a host"));
  if (!old.spec.nodeName.empty())
    return not_bound(name, cat("pod ", name, " is already assigned to node ", quoted(old.spec.nodeName)));
  if (!old.spec.schedulingGates.empty())
    return not_bound(name, cat("pod ", name, " has non-empty .spec.schedulingGates"));
  api::MutableObject next(found);
  Pod& pod = next.as<Pod>();
  pod.spec.nodeName = binding.target.name;
  pod.status.nominatedNodeName = {};  // it has served (ClearingNominatedNodeNameAfterBinding, on from 1.35)
  for (const auto& a : binding.metadata.annotations) pod.metadata.annotations.set(a.key, a.value);
  PodCondition scheduled;
  scheduled.type = "PodScheduled";
  scheduled.status = "True";
  scheduled.lastTransitionTime = writer.stamp();
  pod.status.conditions.erase_if([](const PodCondition& c) { return c.type == "PodScheduled"; });
  pod.status.conditions.push_back(std::move(scheduled));
  return registry.put(pods(), ns, name, std::move(next), writer);
}

Result<Stored> evict_pod(Registry& registry, const Str& ns, const Str& name, const api::policy_v1::Eviction& eviction,
                         Writer& writer) {
  if (!eviction.metadata.name.empty() && eviction.metadata.name != name)
    return bad_request("name in URL does not match name in Eviction object");
  api::ObjectPtr found = registry.head(pods(), ns, name, writer);
  if (!found) return not_found(pods(), name);
  const Pod& pod = *found.as<Pod>();
  api::meta_v1::DeleteOptions options;
  if (eviction.deleteOptions) options = *eviction.deleteOptions;
  if (options.dryRun.contains("All")) writer.dry_run = true;
  bool free = pod.status.phase == "Succeeded" || pod.status.phase == "Failed" || pod.status.phase == "Pending" ||
              pod.metadata.deletionTimestamp.is_set();
  if (!free) {
    std::vector<api::ObjectPtr> budgets;
    std::vector<std::pair<Str, store::Item>> all;
    store::ListSpec spec;
    spec.table = registry.table(api::kind<PodDisruptionBudget>());
    spec.ns = ns;
    registry.store().list(spec, 0, all);
    for (const auto& entry : all) {
      if (!selects(*entry.second.object.as<PodDisruptionBudget>(), pod)) continue;
      api::ObjectPtr head =
          registry.head(api::kind<PodDisruptionBudget>(), ns, entry.second.object.meta().name, writer);
      if (head) budgets.push_back(std::move(head));
    }
    if (budgets.size() > 1)
      return make_error(
          Reason::InternalError,
          "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
    if (budgets.size() == 1) {
      auto taken = take_disruption(registry, budgets[0], pod, writer);
      if (!taken.ok()) return taken.error();
    }
  }
  return registry.remove(pods(), ns, name, options, writer);
}

}  // namespace orrery::apiserver
