#include "core/apiserver/rbac/node_authorizer.h"

#include <set>

#include "core/api/gen/core_v1.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;

const Str kNodes = "system:nodes";

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  for (std::string_view w : words)
    if (w == word) return true;
  return false;
}
bool reads(const RequestInfo& r) { return is_one_of(r.verb, {"get", "list", "watch"}); }

// Names that a pod's containers and volumes take configuration from.
template <class Take>
void each_volume(const Pod& pod, Take&& take) {
  for (const Volume& v : pod.spec.volumes) {
    if (v.configMap) take("configmaps", v.configMap->name);
    if (v.secret) take("secrets", v.secret->secretName);
    if (v.persistentVolumeClaim) take("persistentvolumeclaims", v.persistentVolumeClaim->claimName);
    if (v.ephemeral) take("persistentvolumeclaims", cat(pod.metadata.name, "-", v.name));  // made for this pod alone
    if (!v.projected) continue;
    for (const VolumeProjection& source : v.projected->sources) {
      if (source.configMap) take("configmaps", source.configMap->name);
      if (source.secret) take("secrets", source.secret->name);
    }
  }
  for (const auto& secret : pod.spec.imagePullSecrets) take("secrets", secret.name);
}

template <class Containers, class Take>
void each_environment(const Containers& containers, Take&& take) {
  for (const auto& c : containers) {
    for (const EnvFromSource& source : c.envFrom) {
      if (source.configMapRef) take("configmaps", source.configMapRef->name);
      if (source.secretRef) take("secrets", source.secretRef->name);
    }
    for (const EnvVar& variable : c.env) {
      if (!variable.valueFrom) continue;
      if (variable.valueFrom->configMapKeyRef) take("configmaps", variable.valueFrom->configMapKeyRef->name);
      if (variable.valueFrom->secretKeyRef) take("secrets", variable.valueFrom->secretKeyRef->name);
    }
  }
}

bool names(const Pod& pod, std::string_view resource, const Str& name) {
  bool found = false;
  auto take = [&](std::string_view what, const Str& which) { found = found || (what == resource && which == name); };
  each_volume(pod, take);
  each_environment(pod.spec.containers, take);
  each_environment(pod.spec.initContainers, take);
  each_environment(pod.spec.ephemeralContainers, take);
  return found;
}

template <class Matches>
bool any_pod_of(const Registry& registry, std::string_view node, Matches&& matches) {
  const store::Table& pods = registry.store().at(registry.table(api::kind<Pod>()));
  auto of_node = pods.index.find(node);
  if (of_node == pods.index.end()) return false;
  for (const Str& key : of_node->second)
    if (const store::Item* item = pods.find(key); item && matches(*item->object.as<Pod>())) return true;
  return false;
}

bool is_related(const Registry& registry, std::string_view node, const RequestInfo& r, const Str& name) {
  if (r.resource == "persistentvolumes") {
    api::ObjectPtr volume = registry.get(api::kind<PersistentVolume>(), {}, name);
    if (!volume) return true;  // gone: the answer says so
    const auto& claim = volume.as<PersistentVolume>()->spec.claimRef;
    return claim && any_pod_of(registry, node, [&](const Pod& p) {
             return p.metadata.namespace_ == claim->namespace_ && names(p, "persistentvolumeclaims", claim->name);
           });
  }
  return any_pod_of(registry, node,
                    [&](const Pod& p) { return p.metadata.namespace_ == r.ns && names(p, r.resource, name); });
}

// The node's general role. Source: bootstrappolicy NodeRules()
bool is_in_role(const RequestInfo& r) {
  std::string_view resource = r.resource, sub = r.subresource;
  if (r.group.empty()) {
    if (resource == "services") return sub.empty() && reads(r);
    if (resource == "nodes" && sub.empty()) return reads(r) || is_one_of(r.verb, {"create", "patch", "update"});
    if (resource == "nodes") return sub == "status" && is_one_of(r.verb, {"patch", "update"});
    if (resource == "events") return is_one_of(r.verb, {"create", "patch", "update"});
    if (resource == "pods" && sub.empty()) return reads(r) || is_one_of(r.verb, {"create", "delete"});
    if (resource == "pods" && sub == "status") return is_one_of(r.verb, {"patch", "update"});
    if (resource == "pods" && sub == "eviction") return r.verb == "create";
    return false;
  }
  if (r.group == "events.k8s.io") return resource == "events" && is_one_of(r.verb, {"create", "patch", "update"});
  if (r.group == "authentication.k8s.io") return resource == "tokenreviews" && r.verb == "create";
  if (r.group == "authorization.k8s.io")
    return is_one_of(resource, {"subjectaccessreviews", "localsubjectaccessreviews"}) && r.verb == "create";
  if (r.group == "node.k8s.io") return resource == "runtimeclasses" && reads(r);
  if (r.group == "storage.k8s.io") return resource == "csidrivers" && reads(r);
  return false;
}

}  // namespace

std::string_view node_of(const ports::Identity& who) {
  if (!who.groups.contains(kNodes) || !starts_with(who.user.view(), kNodeUser)) return {};
  return who.user.view().substr(kNodeUser.size());
}

std::string node_refusal(const Registry& registry, std::string_view node, const RequestInfo& r) {
  if (!r.is_resource) return "no relationship";
  const Str& name = r.name.empty() ? r.selected_name : r.name;
  if (r.group.empty() &&
      is_one_of(r.resource, {"configmaps", "secrets", "persistentvolumeclaims", "persistentvolumes"})) {
    bool status = r.resource == "persistentvolumeclaims" && r.subresource == "status" &&
                  is_one_of(r.verb, {"patch", "update", "get"});
    if (!status && !(r.subresource.empty() && reads(r))) return "can only read resources of this type";
    if (name.empty()) return "No Object name found";
    if (is_related(registry, node, r, name)) return "";
    return cat("no relationship found between node '", node, "' and this object");
  }
  if (r.group.empty() && r.resource == "serviceaccounts") {
    if (r.verb != "create" || r.subresource != "token") return "can only create tokens for individual service accounts";
    if (any_pod_of(registry, node,
                   [&](const Pod& p) { return p.metadata.namespace_ == r.ns && p.spec.serviceAccountName == r.name; }))
      return "";
    return cat("no relationship found between node '", node, "' and this object");
  }
  if (r.group == "coordination.k8s.io" && r.resource == "leases") {
    if (!is_one_of(r.verb, {"get", "create", "update", "patch", "delete"}))
      return "can only get, create, update, patch, or delete a node lease";
    if (r.ns != "kube-node-lease") return "can only access leases in the \"kube-node-lease\" system namespace";
    if (r.verb != "create" && r.name != node)
      return "can only access node lease with the same name as the requesting node";
    return "";
  }
  if (r.group == "storage.k8s.io" && r.resource == "csinodes")
    return name == node || r.verb == "create" ? ""
                                              : "can only access CSINode with the same name as the requesting node";
  return is_in_role(r) ? "" : "no relationship found";
}

}  // namespace orrery::apiserver
