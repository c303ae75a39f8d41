// ConfigMap, Secret, PersistentVolume, PersistentVolumeClaim, StorageClass.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/describers.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

std::string decoded(const json& base64) {
  std::string bytes;
  base64_decode(text_of(base64), bytes);
  return bytes;
}

void write_phase(Writer& w, const Subject& s) {
  const json& deleted = value_at(s.object, "/metadata/deletionTimestamp");
  w.line(0, "Status", deleted.is_null() ? text_at(s.object, "/status/phase") : cat("Terminating (lasts ", since(deleted, s.now), ")"));
}

// "key in [a, b]", a term below the other.
void write_terms(Writer& w, int level, const json& terms, const char* field) {
  int number = 0;
  for (const json& term : terms) {
    std::vector<std::string> words;
    for (const json& e : value_at(term, field)) {
      const json& values = value_at(e, "/values");
      words.push_back(cat(text_at(e, "/key"), " ", to_lower(text_at(e, "/operator", "In")), values.empty() ? "" : cat(" [", joined(values, ", "), "]")));
    }
    w.list(level, cat("Term ", number++), words);
  }
}

}  // namespace

void describe_config_map(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.put(0, "\nData\n====");
  for (const auto& [k, v] : value_at(o, "/data").items()) w.put(0, cat(k, ":\n----\n", text_of(v), "\n"));
  w.put(0, "\nBinaryData\n====");
  for (const auto& [k, v] : value_at(o, "/binaryData").items()) w.put(0, cat(k, ": ", decoded(v).size(), " bytes"));
  w.put(0, "");
}

void describe_secret(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  const std::string type = text_at(o, "/type");
  w.put(0, cat("\nType:\t", type, "\n\nData\n===="));
  for (const auto& [k, v] : value_at(o, "/data").items())
    w.line(0, k, k == "token" && type == "kubernetes.io/service-account-token" ? decoded(v) : cat(decoded(v).size(), " bytes"));
}

void describe_volume(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.line(0, "Finalizers", bracketed(value_at(o, "/metadata/finalizers")));
  w.line(0, "StorageClass", storage_class_of(o));
  write_phase(w, s);
  const json& claim = value_at(o, "/spec/claimRef");
  w.line(0, "Claim", claim.is_null() ? "" : cat(text_at(claim, "/namespace"), "/", text_at(claim, "/name")));
  w.line(0, "Reclaim Policy", text_at(o, "/spec/persistentVolumeReclaimPolicy"));
  w.line(0, "Access Modes", access_modes(value_at(o, "/spec/accessModes")));
  write_rows(w, 0, o, {{"VolumeMode", "/spec/volumeMode", Form::IfThere}});
  w.line(0, "Capacity", text_at(o, "/spec/capacity/storage", "0"));
  const json& required = value_at(o, "/spec/nodeAffinity/required");
  w.line(0, "Node Affinity", required.is_null() ? "<none>" : "");
  if (!required.is_null()) {
    const json& terms = value_at(required, "/nodeSelectorTerms");
    w.line(1, "Required Terms", terms.empty() ? "<none>" : "");
    write_terms(w, 2, terms, "/matchExpressions");
  }
  w.line(0, "Message", text_at(o, "/status/message"));
  w.put(0, "Source:");
  write_volume_source(w, value_at(o, "/spec"));
}

void describe_claim(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}});
  w.line(0, "StorageClass", storage_class_of(o));
  write_phase(w, s);
  write_rows(w, 0, o, {{"Volume", "/spec/volumeName"}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.line(0, "Finalizers", bracketed(value_at(o, "/metadata/finalizers")));
  const bool bound = !text_at(o, "/spec/volumeName").empty();
  w.line(0, "Capacity", bound ? text_at(o, "/status/capacity/storage", "0") : "");
  w.line(0, "Access Modes", bound ? access_modes(value_at(o, "/status/accessModes")) : "");
  write_rows(w, 0, o, {{"VolumeMode", "/spec/volumeMode", Form::IfThere}});
  if (!value_at(o, "/spec/dataSource").is_null()) {
    w.put(0, "DataSource:");
    write_rows(w, 1, o, {{"APIGroup", "/spec/dataSource/apiGroup", Form::IfThere}, {"Kind", "/spec/dataSource/kind"}, {"Name", "/spec/dataSource/name"}});
  }
  std::vector<std::string> users;
  for (const json& pod : s.list("pods"))
    for (const json& v : value_at(pod, "/spec/volumes"))
      if (text_at(v, "/persistentVolumeClaim/claimName") == text_at(o, "/metadata/name")) users.push_back(text_at(pod, "/metadata/name"));
  std::sort(users.begin(), users.end());  // total order: names of one namespace's pods
  w.list(0, "Used By", users);
  write_dated_conditions(w, value_at(o, "/status/conditions"), "LastProbeTime", "/lastProbeTime");
}

void describe_storage_class(Writer& w, const Subject& s) {
  const json& o = s.object;
  const std::string is_default = text_of(value_at(o, "/metadata/annotations/storageclass.kubernetes.io~1is-default-class"));
  w.line(0, "Name", text_at(o, "/metadata/name"));
  w.line(0, "IsDefaultClass", is_default == "true" ? "Yes" : "No");
  write_rows(w, 0, o, {{"Annotations", "/metadata/annotations", Form::Inline}, {"Provisioner", "/provisioner"}, {"Parameters", "/parameters", Form::Inline},
                       {"AllowVolumeExpansion", "/allowVolumeExpansion", Form::Flag}});
  const json& options = value_at(o, "/mountOptions");
  w.put(0, options.empty() ? "MountOptions:\t<none>" : "MountOptions:");
  for (const json& option : options) w.put(1, text_of(option));
  write_rows(w, 0, o, {{"ReclaimPolicy", "/reclaimPolicy", Form::IfThere}, {"VolumeBindingMode", "/volumeBindingMode", Form::IfThere}});
  if (const json& topologies = value_at(o, "/allowedTopologies"); !topologies.is_null()) {
    w.line(0, "AllowedTopologies", topologies.empty() ? "<none>" : "");
    write_terms(w, 1, topologies, "/matchLabelExpressions");
  }
}

}  // namespace orrery::kubectl
