#include "runtime_sim/copy/clean.h"

#include "core/api/gen/apps_v1.h"
#include "core/api/json.h"
#include "core/base/text.h"
#include "core/controllers/history.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

constexpr const char* kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr const char* kHash = controllers::kRevisionHash;

// Annotations that controllers, kubelets and network plugins write, by how they begin.
constexpr const char* kWritten[] = {"pv.kubernetes.io/bind-completed",
                                    "pv.kubernetes.io/bound-by-controller",
                                    "volume.kubernetes.io/selected-node",
                                    "volume.beta.kubernetes.io/storage-provisioner",
                                    "volume.kubernetes.io/storage-provisioner",
                                    "deprecated.daemonset.template.generation",
                                    "cni.projectcalico.org/",
                                    "k8s.v1.cni.cncf.io/network-status",
                                    "kubernetes.io/config."};

std::string text(const json& object, const char* pointer) {
  return object.value(json::json_pointer(pointer), std::string());
}

json list(const json& object, const char* pointer) { return object.value(json::json_pointer(pointer), json::array()); }

std::string key_of(const json& object) {
  return cat(text(object, "/metadata/namespace"), "/", text(object, "/metadata/name"));
}

Cleaned left_out(std::string why) { return {std::nullopt, std::move(why), {}}; }

// The owner that controls it: its kind, or "".
std::string controller_kind(const json& object, std::string* name = nullptr) {
  for (const json& ref : list(object, "/metadata/ownerReferences"))
    if (ref.value("controller", false)) {
      if (name) *name = ref.value("name", "");
      return ref.value("kind", "");
    }
  return {};
}

bool condition(const json& object, std::string_view type) {
  for (const json& c : list(object, "/status/conditions"))
    if (c.value("type", "") == type && c.value("status", "") == "True") return true;
  return false;
}

json clean_meta(const json& meta) {
  json out = json::object();
  for (const char* name : {"name", "namespace", "labels", "annotations"})
    if (meta.contains(name)) out[name] = meta[name];
  if (!out.contains("annotations")) return out;
  json kept = json::object();
  for (const auto& [key, value] : out["annotations"].items()) {
    bool written = false;
    for (const char* begin : kWritten) written = written || starts_with(key, begin);
    if (!written) kept[key] = value;
  }
  if (kept.empty())
    out.erase("annotations");
  else
    out["annotations"] = kept;
  return out;
}

// The volume with the pod's own token: admission puts a new one in.
void drop_token_volume(json& spec) {
  std::set<std::string> names;
  auto each = [&](auto&& f) {
    for (const char* field : {"containers", "initContainers"})
      if (spec.contains(field))
        for (json& container : spec[field])
          if (container.contains("volumeMounts")) f(container);
  };
  each([&](json& container) {
    for (const json& mount : container["volumeMounts"])
      if (mount.value("mountPath", "") == kTokenPath) names.insert(mount.value("name", ""));
  });
  std::set<std::string> dropped;
  json volumes = json::array();
  for (const json& volume : spec.value("volumes", json::array())) {
    const std::string name = volume.value("name", "");
    bool token = names.count(name) && (starts_with(name, "kube-api-access-") || volume.contains("secret"));
    if (token)
      dropped.insert(name);
    else
      volumes.push_back(volume);
  }
  spec["volumes"] = volumes;
  if (volumes.empty()) spec.erase("volumes");
  each([&](json& container) {
    json mounts = json::array();
    for (const json& mount : container["volumeMounts"])
      if (!dropped.count(mount.value("name", ""))) mounts.push_back(mount);
    container["volumeMounts"] = mounts;
    if (mounts.empty()) container.erase("volumeMounts");
  });
}

Cleaned clean_pod(json out, const json& live, const ClusterFacts& facts) {
  std::string name;
  const std::string owner = controller_kind(live, &name);
  const std::string phase = text(live, "/status/phase");
  if (owner == "Node") return left_out("static pods: parts of the cluster's own machinery, and the copy has Orrery's");
  if (owner == "Job") return left_out("pods of Jobs: their Jobs make new ones");
  if (phase == "Succeeded" || phase == "Failed") return left_out("pods that have ended");
  json& spec = out["spec"];
  for (const char* field : {"priority", "serviceAccount", "ephemeralContainers"}) spec.erase(field);
  if (spec.value("preemptionPolicy", "") == "PreemptLowerPriority" || spec.contains("priorityClassName"))
    spec.erase("preemptionPolicy");
  if (spec.contains("runtimeClassName")) spec.erase("overhead");
  drop_token_volume(spec);
  if (!facts.nodes.count(spec.value("nodeName", ""))) spec.erase("nodeName");
  // The label by which a set tells its pods' template: Orrery's hash of the same template is another one.
  const std::string set = cat(owner, "/", text(live, "/metadata/namespace"), "/", name);
  auto ours = facts.revision.find(set);
  if (ours == facts.revision.end() || !out["metadata"].contains("labels")) return {std::move(out), {}, {}};
  const std::string present = facts.present.at(set);
  json& labels = out["metadata"]["labels"];
  if (labels.contains(kHash) && (present.empty() || labels[kHash] == present)) labels[kHash] = ours->second;
  return {std::move(out), {}, {}};
}

Cleaned clean_job(json out, const json& live) {
  if (controller_kind(live) == "CronJob") return left_out("Jobs of CronJobs: their CronJobs make new ones");
  if (condition(live, "Complete") || condition(live, "Failed"))
    return left_out("Jobs that have ended: they would run again");
  json& spec = out["spec"];
  if (spec.value("manualSelector", false)) return {std::move(out), {}, {}};
  spec.erase("selector");
  json::json_pointer at("/spec/template/metadata/labels");
  if (!out.contains(at)) return {std::move(out), {}, {}};
  for (const char* label :
       {"controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"})
    out[at].erase(label);
  return {std::move(out), {}, {}};
}

Cleaned clean_service(json out) {
  if (key_of(out) == "default/kubernetes") return left_out("what every cluster has: the copy has its own");
  json& spec = out["spec"];
  bool headless = spec.value("clusterIP", "") == "None";
  for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"})
    spec.erase(field);
  if (headless) spec["clusterIP"] = "None";
  return {std::move(out), {}, {}};
}

Cleaned clean_volume(json out) {
  static constexpr const char* kNoSource[] = {
      "capacity",     "accessModes", "claimRef",     "persistentVolumeReclaimPolicy", "storageClassName",
      "mountOptions", "volumeMode",  "nodeAffinity", "volumeAttributesClassName",     "hostPath",
      "local"};
  json& spec = out["spec"];
  if (spec.contains("claimRef"))
    for (const char* field : {"uid", "resourceVersion"}) spec["claimRef"].erase(field);
  json kept = json::object();
  for (const char* field : kNoSource)
    if (spec.contains(field)) kept[field] = spec[field];
  bool there = kept.contains("hostPath") || kept.contains("local");
  if (!there) kept["hostPath"] = {{"path", cat("/var/lib/orrery/volumes/", text(out, "/metadata/name"))}};
  spec = kept;
  return {std::move(out), {}, there ? "" : "disks of volumes are empty folders of a node"};
}

Cleaned clean_claim(json out, const json& live, const ClusterFacts& facts) {
  if (controller_kind(live) == "Pod") return left_out("claims of pods: their pods make new ones");
  json& spec = out["spec"];
  const std::string volume = spec.value("volumeName", "");
  if (volume.empty() || facts.volumes.count(volume)) return {std::move(out), {}, {}};
  spec.erase("volumeName");
  spec["storageClassName"] = "standard";
  return {std::move(out), {}, "claims whose volume could not be read get a new one of the class standard"};
}

Cleaned clean_secret(json out) {
  const std::string type = out.value("type", "");
  if (type == "kubernetes.io/service-account-token" || type == "bootstrap.kubernetes.io/token")
    return left_out("generated tokens");
  return {std::move(out), {}, {}};
}

Cleaned clean_config_map(json out) {
  const std::string name = text(out, "/metadata/name");
  if (name == "kube-root-ca.crt" || name == "extension-apiserver-authentication" ||
      starts_with(name, "kube-apiserver-legacy-service-account-token"))
    return left_out("what every cluster has: the copy has its own");
  return {std::move(out), {}, {}};
}

Cleaned clean_namespace(json out) {
  const std::string name = text(out, "/metadata/name");
  out.erase("spec");
  bool own = name == "default" || name == "kube-system" || name == "kube-public" || name == "kube-node-lease";
  const json labels = out["metadata"].value("labels", json::object());
  if (own && labels.size() <= 1 && !out["metadata"].contains("annotations"))
    return left_out("what every cluster has: the copy has its own");
  return {std::move(out), {}, {}};
}

Cleaned clean_definition(json out) {
  std::string changed;
  if (text(out, "/spec/conversion/strategy") == "Webhook") {
    out["spec"]["conversion"] = {{"strategy", "None"}};
    changed = "conversion webhooks of custom resources are off";
  }
  return {std::move(out), {}, changed};
}

bool made_by_controllers(const std::string& kind, const json& object, const ClusterFacts& facts) {
  const json labels = object["metadata"].value("labels", json::object());
  if (kind == "EndpointSlice")
    return ends_with(labels.value("endpointslice.kubernetes.io/managed-by", ""), ".k8s.io") ||
           labels.value("kubernetes.io/service-name", "") == "kubernetes";
  return facts.selecting.count(key_of(object)) || key_of(object) == "default/kubernetes";
}

bool of_every_cluster(const std::string& kind, const json& object) {
  const std::string name = text(object, "/metadata/name");
  if (object["metadata"].value("labels", json::object()).value("kubernetes.io/bootstrapping", "") == "rbac-defaults")
    return true;
  if (kind == "PriorityClass") return starts_with(name, "system-");
  if (kind == "StorageClass")
    return name == "standard" || name == "immediate";  // Orrery has both: the default class, as in most local clusters, and the other mode
  return kind == "ServiceAccount" && name == "default" && !object.contains("imagePullSecrets");
}

// The hash label that Orrery's controllers give to pods of the set's present template.
template <class Set>
std::string revision_of(const json& object) {
  auto set = api::from_json<Set>(object.dump());
  if (!set.ok() || !set->spec.selector) return {};
  return controllers::keep_history(api::kind<Set>(), set->metadata, *set->spec.selector, set->spec.template_, {}, {})
      .update_hash.str();
}

}  // namespace

ClusterFacts::ClusterFacts(const Reading& reading) {
  auto each = [&](std::string_view resource, auto&& f) {
    if (const Listing* listing = reading.find(resource))
      for (const json& object : listing->objects) f(object);
  };
  each("persistentvolumes", [&](const json& o) { volumes.insert(text(o, "/metadata/name")); });
  each("services", [&](const json& o) {
    if (!o.value("/spec/selector"_json_pointer, json::object()).empty()) selecting.insert(key_of(o));
  });
  std::map<std::string, int64_t> newest;
  each("controllerrevisions.apps", [&](const json& o) {
    std::string name;
    const std::string owner = controller_kind(o, &name);
    const std::string set = cat(owner, "/", text(o, "/metadata/namespace"), "/", name);
    if (int64_t revision = o.value("revision", int64_t{0}); revision >= newest[set]) {
      newest[set] = revision;
      present[set] = o["metadata"].value("labels", json::object()).value(kHash, "");
    }
  });
  auto set = [&](const char* kind, const json& object, std::string hash) {
    if (hash.empty()) return;
    const std::string key = cat(kind, "/", key_of(object));
    revision[key] = std::move(hash);
    present[key];  // "" if no revision could be read
  };
  each("statefulsets.apps", [&](const json& o) { set("StatefulSet", o, revision_of<api::apps_v1::StatefulSet>(o)); });
  each("daemonsets.apps", [&](const json& o) { set("DaemonSet", o, revision_of<api::apps_v1::DaemonSet>(o)); });
}

Cleaned clean(const Listing& kind, const json& live, const ClusterFacts& facts) {
  if (live["metadata"].contains("deletionTimestamp")) return left_out("objects that are being deleted");
  if (kind.kind == "ControllerRevision" ||
      ((kind.kind == "Endpoints" || kind.kind == "EndpointSlice") && made_by_controllers(kind.kind, live, facts)))
    return left_out("what controllers make of other objects");
  if (of_every_cluster(kind.kind, live)) return left_out("what every cluster has: the copy has its own");
  json out = live;
  out["metadata"] = clean_meta(live["metadata"]);
  out.erase("status");
  if (kind.kind == "Pod") return clean_pod(std::move(out), live, facts);
  if (kind.kind == "Job") return clean_job(std::move(out), live);
  if (kind.kind == "Service") return clean_service(std::move(out));
  if (kind.kind == "PersistentVolume") return clean_volume(std::move(out));
  if (kind.kind == "PersistentVolumeClaim") return clean_claim(std::move(out), live, facts);
  if (kind.kind == "Secret") return clean_secret(std::move(out));
  if (kind.kind == "ConfigMap") return clean_config_map(std::move(out));
  if (kind.kind == "Namespace") return clean_namespace(std::move(out));
  if (kind.kind == "CustomResourceDefinition") return clean_definition(std::move(out));
  if (kind.kind == "ServiceAccount") out.erase("secrets");
  return {std::move(out), {}, {}};
}

const json* pod_spec_in(const std::string& kind, const json& object) {
  const char* at = kind == "Pod"       ? "/spec"
                   : kind == "CronJob" ? "/spec/jobTemplate/spec/template/spec"
                   : kind == "Deployment" || kind == "ReplicaSet" || kind == "StatefulSet" || kind == "DaemonSet" ||
                           kind == "Job" || kind == "ReplicationController"
                       ? "/spec/template/spec"
                       : nullptr;
  if (!at) return nullptr;
  json::json_pointer pointer(at);
  return object.contains(pointer) ? &object.at(pointer) : nullptr;
}

}  // namespace orrery::sim
