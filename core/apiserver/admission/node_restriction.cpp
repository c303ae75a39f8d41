// A kubelet writes its own node and the pods bound to it, no others. Source: plugin/pkg/admission/noderestriction
#include "core/api/gen/core_v1.h"
#include "core/apiserver/admission/admission.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/rbac/node_authorizer.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;
constexpr std::string_view kMirror = "kubernetes.io/config.mirror";

Result<void> check_node_pod(const AdmissionRequest& r, const std::string& node, api::MutableObject* object,
                            const api::ObjectPtr& old) {
  const Str& name = r.name.empty() && object ? object->meta().name : r.name;
  auto no = [&](std::string_view why) { return forbidden(r.kind, name, why); };
  if (r.operation == "CREATE" && r.subresource.empty()) {
    const Pod& pod = object->as<Pod>();
    if (!pod.metadata.annotations.contains(kMirror))
      return no(cat("pod does not have ", quoted(kMirror), " annotation, node ", quoted(node),
                    " can only create mirror pods"));
    if (!(pod.spec.nodeName == node))
      return no(cat("node ", quoted(node), " can only create pods with spec.nodeName set to itself"));
    return {};
  }
  const api::ObjectPtr there = old ? old : r.registry.get(r.kind, r.ns, r.name);
  if (!there || there.as<Pod>()->spec.nodeName == node) return {};  // gone: the answer says so
  if (r.operation == "DELETE")
    return no(cat("node ", quoted(node), " can only delete pods with spec.nodeName set to itself"));
  if (r.subresource == "status")
    return no(cat("node ", quoted(node), " can only update pod status for pods with spec.nodeName set to itself"));
  return no(cat("unexpected operation ", quoted(r.operation), ", node ", quoted(node),
                " can only create and delete mirror pods"));
}

}  // namespace

Result<void> node_restriction(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr& old) {
  if (!starts_with(r.writer.user.view(), kNodeUser)) return {};
  std::string node(r.writer.user.view().substr(kNodeUser.size()));
  if (r.kind.kind == "Pod" && r.kind.group.empty()) return check_node_pod(r, node, object, old);
  if (r.kind.kind != "Node" || r.operation == "DELETE") return {};
  const Str& name = r.name.empty() && object ? object->meta().name : r.name;
  if (name == node) return {};
  return forbidden(r.kind, name, cat("node ", quoted(node), " is not allowed to modify node ", quoted(name)));
}

}  // namespace orrery::apiserver
