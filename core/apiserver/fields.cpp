// Selectable fields a kind. Source: pkg/apis/*/v1/conversion.go (AddFieldLabelConversionsFor*) and the registries'
// ToSelectableFields.
#include <nlohmann/json.hpp>

#include "core/api/custom/custom_type.h"
#include "core/api/gen/apps_v1.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/certificates_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/apiserver/selection.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;

bool pod_field(const Pod& p, std::string_view f, Str& out) {
  if (f == "spec.nodeName") return out = p.spec.nodeName, true;
  if (f == "spec.restartPolicy") return out = p.spec.restartPolicy, true;
  if (f == "spec.schedulerName") return out = p.spec.schedulerName, true;
  if (f == "spec.serviceAccountName") return out = p.spec.serviceAccountName, true;
  if (f == "spec.hostNetwork") return out = p.spec.hostNetwork ? "true" : "false", true;
  if (f == "status.phase") return out = p.status.phase, true;
  if (f == "status.podIP") return out = p.status.podIP, true;
  if (f == "status.podIPs") return out = p.status.podIPs.empty() ? Str() : p.status.podIPs[0].ip, true;
  if (f == "status.nominatedNodeName") return out = p.status.nominatedNodeName, true;
  return false;
}

bool event_field(const Event& e, std::string_view f, Str& out) {
  const ObjectReference& r = e.involvedObject;
  // events.k8s.io says regarding for the same thing.
  for (std::string_view prefix : {"involvedObject.", "regarding."}) {
    if (f.substr(0, prefix.size()) != prefix) continue;
    std::string_view rest = f.substr(prefix.size());
    if (rest == "kind") return out = r.kind, true;
    if (rest == "namespace") return out = r.namespace_, true;
    if (rest == "name") return out = r.name, true;
    if (rest == "uid") return out = r.uid, true;
    if (rest == "apiVersion") return out = r.apiVersion, true;
    if (rest == "resourceVersion") return out = r.resourceVersion, true;
    if (rest == "fieldPath") return out = r.fieldPath, true;
    return false;
  }
  if (f == "reason") return out = e.reason, true;
  if (f == "reportingComponent" || f == "reportingController") return out = e.reportingComponent, true;
  if (f == "source") return out = e.source.component.empty() ? e.reportingComponent : e.source.component, true;
  if (f == "type") return out = e.type, true;
  return false;
}

// spec.versions[*].selectableFields of the definition
bool custom_field(const api::CustomType& type, const api::ObjectPtr& object, std::string_view f, Str& out) {
  for (const std::string& path : type.selectable()) {
    if (path.substr(1) != f) continue;
    nlohmann::json rest = api::rest_of(*static_cast<const api::CustomObject*>(object.data()));
    const nlohmann::json* value = api::at_simple_path(rest, path);
    out = !value || value->is_null() ? Str() : value->is_string() ? Str(value->get<std::string>()) : Str(value->dump());
    return true;
  }
  return false;
}

}  // namespace

bool selectable_field(const api::KindInfo& kind, const api::ObjectPtr& object, std::string_view f, Str& out) {
  const api::meta_v1::ObjectMeta& meta = object.meta();
  if (f == "metadata.name") return out = meta.name, true;
  if (f == "metadata.namespace" && kind.namespaced) return out = meta.namespace_, true;
  if (kind.custom) return custom_field(*kind.custom, object, f, out);
  if (auto* p = object.as<Pod>()) return pod_field(*p, f, out);
  if (auto* e = object.as<Event>()) return event_field(*e, f, out);
  if (auto* n = object.as<Node>(); n && f == "spec.unschedulable")
    return out = n->spec.unschedulable ? "true" : "false", true;
  if (auto* n = object.as<Namespace>(); n && f == "status.phase") return out = n->status.phase, true;
  if (auto* s = object.as<Secret>(); s && f == "type") return out = s->type, true;
  if (auto* s = object.as<Service>()) {
    if (f == "spec.clusterIP") return out = s->spec.clusterIP, true;
    if (f == "spec.type") return out = s->spec.type, true;
  }
  if (auto* j = object.as<api::batch_v1::Job>(); j && f == "status.successful")
    return out = Str(cat(j->status.succeeded)), true;
  if (auto* r = object.as<api::apps_v1::ReplicaSet>(); r && f == "status.replicas")
    return out = Str(cat(r->status.replicas)), true;
  if (auto* r = object.as<ReplicationController>(); r && f == "status.replicas")
    return out = Str(cat(r->status.replicas)), true;
  if (auto* c = object.as<api::certificates_v1::CertificateSigningRequest>(); c && f == "spec.signerName")
    return out = c->spec.signerName, true;
  return false;
}

}  // namespace orrery::apiserver
