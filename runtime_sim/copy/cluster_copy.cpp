#include "runtime_sim/copy/cluster_copy.h"

#include <algorithm>

#include "core/api/kinds.h"
#include "core/api/yaml.h"
#include "core/base/text.h"
#include "runtime_sim/copy/clean.h"
#include "runtime_sim/copy/images_used.h"
#include "runtime_sim/copy/nodes_of.h"
#include "runtime_sim/copy/secrets_named.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

constexpr size_t kNamesMax = 6;  // in a line for people
constexpr const char* kStandIn = "left out of the copy";
constexpr Duration kDefine = seconds(1), kCordon = seconds(3), kCreate = seconds(5), kPowerOff = seconds(60);

// What others refer to comes first, pods before those who adopt them, limits last: they must not refuse what is there.
// Custom resources and what isn't named here come where the empty name is.
constexpr const char* kOrder[] = {"PriorityClass",
                                  "StorageClass",
                                  "VolumeAttributesClass",
                                  "RuntimeClass",
                                  "IngressClass",
                                  "CSIDriver",
                                  "ClusterRole",
                                  "ClusterRoleBinding",
                                  "Role",
                                  "RoleBinding",
                                  "ServiceAccount",
                                  "Secret",
                                  "ConfigMap",
                                  "PersistentVolume",
                                  "PersistentVolumeClaim",
                                  "Service",
                                  "Endpoints",
                                  "EndpointSlice",
                                  "",
                                  "Pod",
                                  "ReplicationController",
                                  "ReplicaSet",
                                  "Deployment",
                                  "StatefulSet",
                                  "DaemonSet",
                                  "Job",
                                  "CronJob",
                                  "PodDisruptionBudget",
                                  "HorizontalPodAutoscaler",
                                  "Ingress",
                                  "NetworkPolicy",
                                  "LimitRange",
                                  "ResourceQuota"};

size_t rank(const std::string& kind) {
  size_t others = 0;
  for (size_t i = 0; i < std::size(kOrder); ++i) {
    if (kind == kOrder[i]) return i;
    if (!*kOrder[i]) others = i;
  }
  return others;
}

// "a, b, c and 4 more"
std::string names(const std::vector<std::string>& all) {
  std::string out;
  for (size_t i = 0; i < all.size() && i < kNamesMax; ++i) out += cat(i ? ", " : "", all[i]);
  return all.size() <= kNamesMax ? out : cat(out, " and ", all.size() - kNamesMax, " more");
}

class Copier {
 public:
  Copier(const Reading& reading, const CopyOptions& options)
      : reading_(reading), options_(options), nodes_(nodes_of(reading)), facts_(reading) {}

  ClusterCopy copy() {
    for (const NodeSpec& node : nodes_.nodes) facts_.nodes.insert(node.name.str());
    std::vector<const Listing*> order;
    for (const Listing& listing : reading_.listings)
      if (kept(listing)) order.push_back(&listing);
    std::stable_sort(order.begin(), order.end(),
                     [](const Listing* a, const Listing* b) { return rank(a->kind) < rank(b->kind); });
    for (const Listing* listing : order) add(*listing);
    if (!options_.secrets || !refused("secrets").empty()) add_secrets();
    if (!refused("priorityclasses.scheduling.k8s.io").empty()) add_priorities();
    finish_world();
    tell();
    return std::move(out_);
  }

 private:
  bool is_custom(const Listing& listing) const {
    const Listing* definitions = reading_.find("customresourcedefinitions.apiextensions.k8s.io");
    if (!definitions) return false;
    for (const json& d : definitions->objects)
      if (d["metadata"].value("name", "") == listing.resource()) return true;
    return false;
  }
  // False: said already why not, or not an object of the user's.
  bool kept(const Listing& listing) {
    if (!listing.refused.empty()) note_refusal(listing);
    if (listing.objects.empty() || listing.kind == "Node" || listing.group == "metrics.k8s.io") return false;
    if (listing.group == "admissionregistration.k8s.io") {  // a webhook that can't be called yet would refuse the copy
      out_.left_out.push_back(
          cat(listing.objects.size(), " ", listing.resource(), ": Orrery calls no webhooks and evaluates no policies"));
      return false;
    }
    bool custom = is_custom(listing);
    if (custom) custom_.push_back(listing.resource());
    if (custom || api::find_kind(listing.group, listing.version, listing.kind)) return true;
    bool unknown = !refused("customresourcedefinitions.apiextensions.k8s.io").empty();
    out_.left_out.push_back(
        cat(listing.objects.size(), " ", listing.resource(),
            unknown ? ": definitions of custom resources could not be read" : ": Orrery has no such kind"));
    return false;
  }
  void note_refusal(const Listing& listing) {
    const std::string name = cat(listing.resource(), listing.objects.empty() ? "" : " (read in one namespace)");
    if (listing.refused.find(" is forbidden: ") == std::string::npos)
      return out_.refused.push_back(cat(name, ": ", listing.refused));
    if (forbidden_.empty()) forbidden_example_ = listing.refused;
    forbidden_.push_back(name);
  }
  void add(const Listing& listing) {
    size_t copied = 0;
    for (const json& live : listing.objects) {
      if (listing.kind == "Pod") note_place(live);
      Cleaned cleaned = clean(listing, live, facts_);
      if (!cleaned.changed.empty()) ++changed_[cleaned.changed];
      if (!cleaned.object) {
        ++left_out_[cleaned.why_not][listing.resource()];
        continue;
      }
      write(listing.kind, *cleaned.object);
      ++copied;
    }
    if (copied) out_.copied.push_back(cat(copied, " ", listing.resource()));
  }
  void write(const std::string& kind, const json& object) {
    bool first = kind == "Namespace" || kind == "CustomResourceDefinition";
    std::string& file = first ? definitions_ : objects_;
    file += cat(file.empty() ? "" : "---\n", api::dom_to_yaml(object));
  }
  void note_place(const json& pod) {
    for (const json& owner : pod.value("/metadata/ownerReferences"_json_pointer, json::array()))
      if (owner.value("kind", "") == "Node" || owner.value("kind", "") == "Job") return;
    const std::string node = pod.value("/spec/nodeName"_json_pointer, std::string()),
                      phase = pod.value("/status/phase"_json_pointer, std::string());
    if (node.empty() || phase == "Succeeded" || phase == "Failed" || pod["metadata"].contains("deletionTimestamp"))
      return;
    out_.placed[cat(pod["metadata"].value("namespace", ""), "/", pod["metadata"].value("name", ""))] = node;
  }
  std::string refused(std::string_view resource) const {
    const Listing* listing = reading_.find(resource);
    return listing ? listing->refused : std::string();
  }
  // Before everything else in the file, so that pods find them.
  void put_first(const std::vector<json>& made) {
    std::string text;
    for (const json& object : made) text += cat(text.empty() ? "" : "---\n", api::dom_to_yaml(object));
    if (!text.empty()) objects_ = cat(text, objects_.empty() ? "" : "---\n", objects_);
  }
  void add_priorities() {
    std::map<std::string, int64_t> classes;
    for (const Listing& listing : reading_.listings)
      for (const json& object : listing.objects)
        if (const json* spec = pod_spec_in(listing.kind, object))
          if (std::string name = spec->value("priorityClassName", ""); !name.empty() && !starts_with(name, "system-"))
            classes[name] = std::max(classes[name], spec->value("priority", int64_t{0}));
    std::vector<json> made;
    for (const auto& [name, value] : classes)
      made.push_back({{"apiVersion", "scheduling.k8s.io/v1"},
                      {"kind", "PriorityClass"},
                      {"metadata", {{"name", name}}},
                      {"value", value}});
    put_first(made);
    if (!made.empty())
      out_.changed.push_back(cat(made.size(), " priority classes are made up from the priorities of pods"));
  }
  void add_secrets() {
    std::vector<json> made;
    for (const auto& [name, keys] : secrets_named(reading_)) {
      size_t slash = name.find('/');
      json data = json::object();
      for (const std::string& key : keys) data[key] = kStandIn;
      json secret = {{"apiVersion", "v1"},
                     {"kind", "Secret"},
                     {"metadata", {{"namespace", name.substr(0, slash)}, {"name", name.substr(slash + 1)}}}};
      if (!data.empty()) secret["stringData"] = data;
      made.push_back(std::move(secret));
    }
    if (!options_.secrets) out_.left_out.push_back("secrets: not asked for without --secrets");
    put_first(made);
    if (!made.empty())
      out_.changed.push_back(cat(made.size(), " secrets that pods name are stand-ins: ", orrery::quoted(kStandIn),
                                 " under each key that is named"));
  }
  void input(Duration at, Input::Kind kind, std::string text) {
    Input input{Instant{} + at, kind, Str(text), 0};
    if (kind == Input::Kind::Type) input.number = ++typed_;
    out_.recording.inputs.push_back(std::move(input));
  }
  void finish_world() {
    Recording& r = out_.recording;
    r.build = options_.build;
    r.name = "copy";
    r.world.nodes = nodes_.nodes;
    if (r.world.nodes.empty()) r.world.node_count = 0;
    images_ = images_used(reading_);
    r.world.images = images_.plain;
    if (!definitions_.empty()) r.files[kDefinitionsFile] = definitions_;
    if (!objects_.empty()) r.files[kObjectsFile] = objects_;
    if (!definitions_.empty())
      input(kDefine, Input::Kind::Type, cat("kubectl apply --validate=ignore -f ", kDefinitionsFile));
    std::string cordon = "kubectl cordon";
    for (const std::string& node : nodes_.cordoned) cordon += " " + node;
    if (!nodes_.cordoned.empty()) input(kCordon, Input::Kind::Type, cordon);
    if (!objects_.empty()) input(kCreate, Input::Kind::Type, cat("kubectl create --validate=ignore -f ", kObjectsFile));
    for (const std::string& node : nodes_.down) input(kPowerOff, Input::Kind::Fault, cat("stop node/", node));
  }
  void tell() {
    if (!nodes_.nodes.empty() && !nodes_.guessed)
      out_.copied.insert(out_.copied.begin(), cat(nodes_.nodes.size(), " nodes"));
    if (!forbidden_.empty())
      out_.refused.insert(out_.refused.begin(),
                          cat(join(forbidden_, ", "), ": this user may not list them (", forbidden_example_, ")"));
    for (const std::string& trouble : reading_.trouble) out_.refused.push_back(trouble);
    for (const auto& [why, kinds] : left_out_) {
      std::string what;
      for (const auto& [kind, count] : kinds) what += cat(what.empty() ? "" : ", ", count, " ", kind);
      out_.left_out.push_back(cat(what, ": ", why));
    }
    if (nodes_.guessed)
      out_.changed.push_back(
          cat("nodes could not be read: there are ", nodes_.nodes.size(), " big ones, by the names in the pods"));
    for (const auto& [what, count] : changed_) out_.changed.push_back(cat(count, " times: ", what));
    if (!nodes_.down.empty())
      out_.changed.push_back(cat("nodes that are not ready lose power after a minute: ", names(nodes_.down)));
    tell_images();
    out_.changed.push_back("addresses of Services and pods, uids and ages are the copy's own");
    std::vector<std::string>& cant = out_.cannot_know;
    cant.push_back("what programs do, and what is in volumes: files and databases are empty");
    if (!custom_.empty())
      cant.push_back(cat("what operators do with ", names(custom_), ": their controllers don't run in it"));
    for (const char* hooks : {"validatingwebhookconfigurations.admissionregistration.k8s.io",
                              "mutatingwebhookconfigurations.admissionregistration.k8s.io"})
      if (const Listing* l = reading_.find(hooks); l && !l->objects.empty())
        cant.push_back(cat("what admission webhooks refuse and change (", l->objects.size(), " ", l->resource(), ")"));
    if (const Listing* h = reading_.find("horizontalpodautoscalers.autoscaling"); h && !h->objects.empty())
      cant.push_back(
          "what load will come: autoscalers see each image use what it used when it was read, or next to nothing");
    if (const Listing* s = reading_.find("storageclasses.storage.k8s.io"); s && !s->objects.empty())
      cant.push_back("how the cluster's provisioners make volumes: only the class standard makes new ones");
  }
  void tell_images() {
    std::vector<std::string> plain;
    for (const PlainImage& image : images_.plain) plain.push_back(image.reference.str());
    if (!plain.empty())
      out_.changed.push_back(
          cat("images that Orrery does not know run as plain ones, ready at once, answering 200 on the ports that are "
              "declared: ",
              names(plain)));
    if (!images_.missing.empty())
      out_.changed.push_back(cat("images that the cluster can't pull are missing here, too: ", names(images_.missing)));
  }

  const Reading& reading_;
  const CopyOptions& options_;
  NodesOf nodes_;
  ClusterFacts facts_;
  ImagesUsed images_;
  ClusterCopy out_;
  std::string definitions_, objects_;
  std::map<std::string, std::map<std::string, size_t>> left_out_;  // why -> kind -> how many
  std::map<std::string, size_t> changed_;
  std::vector<std::string> custom_, forbidden_;  // resources
  std::string forbidden_example_;                // the server's sentence for the first
  uint64_t typed_ = 0;
};

}  // namespace

ReaderOptions copy_reader_options(const CopyOptions& options) {
  ReaderOptions out;
  out.usage = true;
  out.skip = {"events",
              "events.events.k8s.io",
              "leases.coordination.k8s.io",
              "csinodes.storage.k8s.io",
              "volumeattachments.storage.k8s.io",
              "csistoragecapacities.storage.k8s.io",
              "ipaddresses.networking.k8s.io",
              "servicecidrs.networking.k8s.io",
              "certificatesigningrequests.certificates.k8s.io",
              "flowschemas.flowcontrol.apiserver.k8s.io",
              "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
              "apiservices.apiregistration.k8s.io"};
  if (!options.secrets) out.skip.insert("secrets");
  return out;
}

ClusterCopy copy_cluster(const Reading& reading, const CopyOptions& options) { return Copier(reading, options).copy(); }

std::string copy_text(const ClusterCopy& copy, const std::vector<std::string>& comment) {
  std::string out;
  for (const std::string& line : comment) out += cat("#", line.empty() ? "" : " ", line, "\n");
  return cat(out, recording_text(copy.recording), "- at: ", format_go_duration(kCopySettles), "\n");
}

}  // namespace orrery::sim
