#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/pods.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// A source whose fields are printed as they are: `otherwise` where one isn't set.
struct SourceField {
  const char* label;
  const char* path;
  const char* otherwise = "";
};
struct Source {
  const char* field;
  const char* type;
  std::vector<SourceField> fields;
};

const std::vector<Source>& plain_sources() {
  static const std::vector<Source> sources = {
      {"hostPath", "HostPath (bare host directory volume)", {{"Path", "/path"}, {"HostPathType", "/type", "<none>"}}},
      {"secret", "Secret (a volume populated by a Secret)", {{"SecretName", "/secretName"}, {"Optional", "/optional", "false"}}},
      {"configMap", "ConfigMap (a volume populated by a ConfigMap)", {{"Name", "/name"}, {"Optional", "/optional", "false"}}},
      {"persistentVolumeClaim", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
       {{"ClaimName", "/claimName"}, {"ReadOnly", "/readOnly", "false"}}},
      {"nfs", "NFS (an NFS mount that lasts the lifetime of a pod)", {{"Server", "/server"}, {"Path", "/path"}, {"ReadOnly", "/readOnly", "false"}}},
      {"local", "LocalVolume (a persistent volume backed by local storage on a node)", {{"Path", "/path"}}},
      {"image", "Image (a container image or OCI artifact)", {{"Reference", "/reference"}, {"PullPolicy", "/pullPolicy"}}},
  };
  return sources;
}

void write_projection(Writer& w, const json& sources) {
  for (const json& source : sources) {
    for (auto [field, label] : {std::pair<const char*, const char*>{"secret", "SecretName"}, {"configMap", "ConfigMapName"}}) {
      if (!source.contains(field)) continue;
      w.line(2, label, text_at(source[field], "/name"));
      w.line(2, "Optional", text_at(source[field], "/optional", "false"));
    }
    if (source.contains("downwardAPI")) w.line(2, "DownwardAPI", "true");
    if (source.contains("serviceAccountToken"))
      w.line(2, "TokenExpirationSeconds", text_at(source, "/serviceAccountToken/expirationSeconds", "3600"));
  }
}

void write_csi(Writer& w, const json& csi) {
  w.line(2, "Type", "CSI (a Container Storage Interface (CSI) volume source)");
  write_rows(w, 2, csi, {{"Driver", "/driver"}, {"FSType", "/fsType"}, {"VolumeHandle", "/volumeHandle", Form::IfThere}});
  w.line(2, "ReadOnly", text_at(csi, "/readOnly", "false"));
  w.labels(2, "VolumeAttributes", value_at(csi, "/volumeAttributes"));
}

void write_downward(Writer& w, const json& items) {
  w.line(2, "Type", "DownwardAPI (a volume populated by information about the pod)");
  w.put(2, "Items:");
  for (const json& item : items)
    w.put(3, cat(text_at(item, "/fieldRef/fieldPath", text_at(item, "/resourceFieldRef/resource").c_str()), " -> ", text_at(item, "/path")));
}

}  // namespace

std::string access_modes(const json& modes) {
  constexpr std::pair<const char*, const char*> kShort[] = {
      {"ReadWriteOnce", "RWO"}, {"ReadOnlyMany", "ROX"}, {"ReadWriteMany", "RWX"}, {"ReadWriteOncePod", "RWOP"}};
  std::vector<std::string> out;
  for (auto [mode, brief] : kShort)
    for (const json& m : modes)
      if (m == mode) out.push_back(brief);
  return join(out, ",");
}

std::string storage_class_of(const json& object) {
  const std::string old = text_of(value_at(object, "/metadata/annotations/volume.beta.kubernetes.io~1storage-class"));
  return old.empty() ? text_at(object, "/spec/storageClassName") : old;
}

void write_volume_source(Writer& w, const json& source) {
  for (const Source& s : plain_sources()) {
    if (!source.contains(s.field)) continue;
    w.line(2, "Type", s.type);
    for (const SourceField& f : s.fields) w.line(2, f.label, text_at(source[s.field], f.path, f.otherwise));
    return;
  }
  if (source.contains("emptyDir")) {
    const std::string limit = text_at(source, "/emptyDir/sizeLimit", "0");
    w.line(2, "Type", "EmptyDir (a temporary directory that shares a pod's lifetime)");
    w.line(2, "Medium", text_at(source, "/emptyDir/medium"));
    w.line(2, "SizeLimit", limit == "0" ? "<unset>" : limit);
  } else if (source.contains("projected")) {
    w.line(2, "Type", "Projected (a volume that contains injected data from multiple sources)");
    write_projection(w, value_at(source, "/projected/sources"));
  } else if (source.contains("downwardAPI")) {
    write_downward(w, value_at(source, "/downwardAPI/items"));
  } else if (source.contains("csi")) {
    write_csi(w, source["csi"]);
  } else if (source.contains("ephemeral")) {
    const json& claim = value_at(source, "/ephemeral/volumeClaimTemplate");
    w.line(2, "Type", "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)");
    w.line(2, "StorageClass", storage_class_of(claim));
    w.line(2, "Volume", text_at(claim, "/spec/volumeName"));
    w.labels(2, "Labels", value_at(claim, "/metadata/labels"));
    w.annotations(2, value_at(claim, "/metadata/annotations"));
    w.line(2, "Capacity", "");
    w.line(2, "Access Modes", "");
    write_rows(w, 2, claim, {{"VolumeMode", "/spec/volumeMode", Form::IfThere}});
  } else {
    w.put(1, "<unknown>");
  }
}

void write_volumes(Writer& w, Place place, const json& volumes) {
  const int level = place == Place::Template ? 1 : 0;
  w.put(level, volumes.empty() ? "Volumes:\t<none>" : "Volumes:");
  for (const json& v : volumes) {
    w.put(1, cat(level ? " " : "", v.value("name", ""), ":"));
    write_volume_source(w, v);
  }
}

}  // namespace orrery::kubectl
