#include "runtime_sim/copy/end_state.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

constexpr const char* kNone = "(none)";
constexpr int kOwnersMax = 8;  // deep

// Fields that say when, where or in which order, not what.
const std::set<std::string>& volatile_fields() {
  static const std::set<std::string> all = {"uid",
                                            "resourceVersion",
                                            "creationTimestamp",
                                            "managedFields",
                                            "generation",
                                            "observedGeneration",
                                            "selfLink",
                                            "podIP",
                                            "podIPs",
                                            "hostIP",
                                            "hostIPs",
                                            "clusterIPs",
                                            "containerID",
                                            "imageID",
                                            "startTime",
                                            "startedAt",
                                            "finishedAt",
                                            "lastTransitionTime",
                                            "lastUpdateTime",
                                            "lastProbeTime",
                                            "lastHeartbeatTime",
                                            "completionTime",
                                            "lastScheduleTime",
                                            "lastSuccessfulTime",
                                            "lastScaleTime",
                                            "timeAdded",
                                            "nodePort",
                                            "healthCheckNodePort",
                                            "deletionTimestamp",
                                            "addresses",
                                            "ownerReferences",
                                            "renewTime",
                                            "acquireTime"};
  return all;
}

// Labels and fields whose value is a hash or a place.
const std::set<std::string>& masked_fields() {
  static const std::set<std::string> all = {"pod-template-hash",
                                            "controller-revision-hash",
                                            "pod-template-generation",
                                            "controller-uid",
                                            "batch.kubernetes.io/controller-uid",
                                            "nodeName",
                                            "currentRevision",
                                            "updateRevision",
                                            "kubernetes.io/hostname",
                                            "deprecated.daemonset.template.generation",
                                            "endpoints.kubernetes.io/last-change-trigger-time"};
  return all;
}

bool left_alone(const Listing& listing, const json& object) {
  if (listing.kind == "ConfigMap") return object["metadata"].value("name", "") == "kube-root-ca.crt";
  return listing.kind == "Secret" && object.value("type", "") == "kubernetes.io/service-account-token";
}

bool is_time(const std::string& text) {  // 2026-01-01T00:00:00...
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return false;
  return text.find_first_not_of("0123456789", 0) == 4;
}

struct Known {
  std::string kind, name, owner;  // owner: uid of the controller
  std::string random_after;       // of an object made by generateName
};

class Normaliser {
 public:
  explicit Normaliser(const Reading& reading) {
    for (const Listing& listing : reading.listings)
      for (const json& object : listing.objects) know(listing, object);
    for (const auto& [uid, known] : known_)
      if (std::string plain = name_of(uid, 0); plain != known.name) renamed_.push_back({known.name, plain});
    // The longest first: web-5d-x before web-5d.
    std::stable_sort(renamed_.begin(), renamed_.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  }

  std::string key(const json& object) const {
    const std::string ns = object["metadata"].value("namespace", "");
    return cat(object.value("kind", ""), " ", ns, ns.empty() ? "" : "/",
               name_of(object["metadata"].value("uid", ""), 0));
  }
  json normal(const json& object) const {
    json out = value_of(object, "");
    json& meta = out["metadata"];
    for (const char* field : {"name", "namespace", "generateName"}) meta.erase(field);
    if (meta.contains("annotations")) meta["annotations"].erase("kubectl.kubernetes.io/last-applied-configuration");
    for (const json& ref : object.value("/metadata/ownerReferences"_json_pointer, json::array()))
      meta["owner"].push_back(cat(ref.value("kind", ""), "/", name_of(ref.value("uid", ""), 0)));
    if (object.value("/spec/clusterIP"_json_pointer, std::string("None")) != "None") out["spec"].erase("clusterIP");
    return out;
  }

 private:
  void know(const Listing& listing, const json& object) {
    const json& meta = object["metadata"];
    Known k{listing.kind, meta.value("name", ""), {}, {}};
    for (const json& ref : meta.value("ownerReferences", json::array()))
      if (ref.value("controller", false)) k.owner = ref.value("uid", "");
    const std::string generate = meta.value("generateName", "");
    if (!generate.empty() && starts_with(k.name, generate)) k.random_after = generate;
    if (listing.kind == "PersistentVolume")
      if (std::string claim = object.value("/spec/claimRef/name"_json_pointer, std::string());
          starts_with(k.name, "pvc-"))
        k.random_after = cat("of ", claim, " ");
    known_[meta.value("uid", "")] = std::move(k);
  }
  std::string name_of(const std::string& uid, int depth) const {
    auto found = known_.find(uid);
    if (found == known_.end() || depth > kOwnersMax) return "?";
    const Known& k = found->second;
    auto owner = known_.find(k.owner);
    if (owner != known_.end() && owner->second.kind != "StatefulSet" && starts_with(k.name, owner->second.name + "-"))
      return name_of(k.owner, depth + 1) + "-*";
    return k.random_after.empty() ? k.name : k.random_after + "*";
  }
  std::string text_of(std::string text) const {
    if (is_time(text)) return "TIME";
    if (starts_with(text, "kube-api-access-")) return "kube-api-access-*";
    for (const auto& [name, plain] : renamed_)
      if (text.size() >= name.size()) text = replace_all(std::move(text), name, plain);
    return text;
  }
  json value_of(const json& value, const std::string& field) const {
    if (value.is_string()) return text_of(value.get<std::string>());
    json out = value.is_array() ? json::array() : json::object();
    if (value.is_array()) {
      for (const json& item : value) out.push_back(value_of(item, field));
      if (field == "conditions")
        std::stable_sort(out.begin(), out.end(),
                         [](const json& a, const json& b) { return a.value("type", "") < b.value("type", ""); });
      return out;
    }
    if (!value.is_object()) return value;
    for (const auto& [name, item] : value.items()) {
      if (volatile_fields().count(name)) continue;
      out[name] = masked_fields().count(name) && item.is_string() ? json("*") : value_of(item, name);
    }
    return out;
  }

  std::map<std::string, Known> known_;                        // by uid
  std::vector<std::pair<std::string, std::string>> renamed_;  // names with random ends -> under their owner's
};

std::map<std::string, const json*> by_uid(const Reading& reading) {
  std::map<std::string, const json*> out;
  for (const Listing& listing : reading.listings)
    for (const json& object : listing.objects)
      if (!left_alone(listing, object)) out[object["metadata"].value("uid", "")] = &object;
  return out;
}

json without_status(json object) {
  object.erase("status");
  return object;
}

void compare(const std::string& object, const std::string& path, const json& a, const json& b,
             std::vector<Difference>& out) {
  if (a == b) return;
  const std::string dot = path.empty() ? "" : path + ".";
  if (a.is_object() && b.is_object()) {
    std::set<std::string> names;
    for (const json* side : {&a, &b})
      for (const auto& [name, item] : side->items()) names.insert(name);
    for (const std::string& name : names) {
      if (a.contains(name) && b.contains(name))
        compare(object, dot + name, a[name], b[name], out);
      else
        out.push_back(
            {object, dot + name, a.contains(name) ? a[name].dump() : kNone, b.contains(name) ? b[name].dump() : kNone});
    }
    return;
  }
  if (a.is_array() && b.is_array() && a.size() == b.size()) {
    for (size_t i = 0; i < a.size(); ++i) compare(object, cat(path, "[", i, "]"), a[i], b[i], out);
    return;
  }
  out.push_back({object, path, a.dump(), b.dump()});
}

// "Pod ns/name" -> "ns"; "" for objects of the whole cluster.
std::string namespace_in(const std::string& key) {
  size_t space = key.find(' '), slash = key.find('/', space);
  return slash == std::string::npos ? "" : key.substr(space + 1, slash - space - 1);
}

}  // namespace

ReaderOptions end_state_options() {
  ReaderOptions out;
  out.skip = {"events",
              "events.events.k8s.io",
              "endpoints",
              "leases.coordination.k8s.io",
              "controllerrevisions.apps",
              "csinodes.storage.k8s.io",
              "ipaddresses.networking.k8s.io",
              "servicecidrs.networking.k8s.io"};
  return out;
}

EndState end_state(const Reading& before, const Reading& after) {
  const Normaliser then(before), now(after);
  const auto old = by_uid(before), present = by_uid(after);
  std::map<std::string, std::vector<json>> found;
  for (const auto& [uid, object] : present) {
    json normal = now.normal(*object);
    auto earlier = old.find(uid);
    if (earlier != old.end() && without_status(then.normal(*earlier->second)) == without_status(normal)) continue;
    found[now.key(*object)].push_back(std::move(normal));
  }
  EndState out;
  for (auto& [key, objects] : found) {
    std::stable_sort(objects.begin(), objects.end(), [](const json& a, const json& b) { return a.dump() < b.dump(); });
    const bool many = objects.size() > 1 || ends_with(key, "*");  // a name of one's own needs no number
    for (size_t i = 0; i < objects.size(); ++i) out[many ? cat(key, " #", i + 1) : key] = std::move(objects[i]);
  }
  for (const auto& [uid, object] : old)
    if (!present.count(uid) && !out.count(then.key(*object))) out[then.key(*object)] = nullptr;
  return out;
}

std::vector<Difference> differences(const EndState& first, const EndState& second) {
  std::vector<Difference> out;
  std::set<std::string> namespaces{"", "default"};
  for (const auto& [key, object] : first) namespaces.insert(namespace_in(key));
  for (const auto& [key, object] : first) {
    auto other = second.find(key);
    if (other == second.end()) {
      out.push_back({key, "", object.is_null() ? "deleted" : "there", kNone});
      continue;
    }
    std::vector<Difference> here;
    compare(key, "", object, other->second, here);
    if (here.size() > kDifferencesOfObjectMax) here.resize(kDifferencesOfObjectMax);
    out.insert(out.end(), here.begin(), here.end());
  }
  for (const auto& [key, object] : second)
    if (!first.count(key) && namespaces.count(namespace_in(key)))
      out.push_back({key, "", kNone, object.is_null() ? "deleted" : "there"});
  return out;
}

}  // namespace orrery::sim
