// Sources: plugin/pkg/admission/nodetaint/admission.go, plugin/pkg/admission/defaulttolerationseconds/admission.go
#include "core/api/gen/core_v1.h"
#include "core/apiserver/admission/admission.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;
constexpr std::string_view kNotReady = "node.kubernetes.io/not-ready", kUnreachable = "node.kubernetes.io/unreachable";

bool tolerates(const Toleration& t, std::string_view key) {
  return (t.key == key || t.key.empty()) && (t.effect == "NoExecute" || t.effect.empty());
}

Toleration for_a_while(std::string_view key) {
  Toleration t;
  t.key = key;
  t.operator_ = "Exists";
  t.effect = "NoExecute";
  t.tolerationSeconds = 300;
  return t;
}

}  // namespace

// A new node takes no pods until the node controller has seen it ready.
Result<void> taint_nodes(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  if (r.operation != "CREATE" || !r.subresource.empty() || r.kind.kind != "Node" || !object) return {};
  Node& node = object->as<Node>();
  if (node.spec.taints.find_if([](const Taint& t) { return t.key == kNotReady && t.effect == "NoSchedule"; }))
    return {};
  Taint taint;
  taint.key = Str(kNotReady);
  taint.effect = "NoSchedule";
  node.spec.taints.push_back(std::move(taint));
  return {};
}

// A pod stays five minutes on a node that is not ready or out of reach.
Result<void> default_tolerations(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  if (r.operation != "CREATE" || !r.subresource.empty() || r.kind.kind != "Pod" || !object) return {};
  Pod& pod = object->as<Pod>();
  List<Toleration>& added = r.registry.state().pod_parts.of_lost_nodes;
  if (added.empty()) added = {for_a_while(kNotReady), for_a_while(kUnreachable)};
  if (pod.spec.tolerations.empty()) pod.spec.tolerations = added;
  for (const Toleration& t : added)
    if (!pod.spec.tolerations.find_if([&](const Toleration& own) { return tolerates(own, t.key); }))
      pod.spec.tolerations.push_back(t);
  return {};
}

}  // namespace orrery::apiserver
