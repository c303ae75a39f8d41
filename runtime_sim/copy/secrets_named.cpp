#include "runtime_sim/copy/secrets_named.h"

#include "core/base/text.h"
#include "runtime_sim/copy/clean.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

class Names {
 public:
  explicit Names(std::map<std::string, std::set<std::string>>& out) : out_(out) {}

  void pod(const json& spec, const std::string& ns) {
    ns_ = ns;
    for (const char* field : {"initContainers", "containers"})
      for (const json& container : spec.value(field, json::array())) environment(container);
    for (const json& volume : spec.value("volumes", json::array())) {
      if (volume.contains("secret")) files(volume["secret"], "secretName");
      for (const json& source : volume.value("/projected/sources"_json_pointer, json::array()))
        if (source.contains("secret")) files(source["secret"], "name");
    }
  }

 private:
  std::set<std::string>* keys(const json& reference, const char* name) {
    if (reference.value("optional", false) || reference.value(name, "").empty()) return nullptr;
    return &out_[cat(ns_, "/", reference.value(name, ""))];
  }
  void environment(const json& container) {
    for (const json& e : container.value("env", json::array())) {
      const json reference = e.value("/valueFrom/secretKeyRef"_json_pointer, json::object());
      if (std::set<std::string>* found = keys(reference, "name")) found->insert(reference.value("key", ""));
    }
    for (const json& from : container.value("envFrom", json::array()))
      keys(from.value("secretRef", json::object()), "name");
  }
  void files(const json& reference, const char* name) {
    std::set<std::string>* found = keys(reference, name);
    if (!found) return;
    for (const json& item : reference.value("items", json::array())) found->insert(item.value("key", ""));
  }

  std::map<std::string, std::set<std::string>>& out_;
  std::string ns_;
};

}  // namespace

std::map<std::string, std::set<std::string>> secrets_named(const Reading& reading) {
  std::map<std::string, std::set<std::string>> out;
  Names names(out);
  for (const Listing& listing : reading.listings)
    for (const json& object : listing.objects)
      if (const json* spec = pod_spec_in(listing.kind, object))
        names.pod(*spec, object["metadata"].value("namespace", ""));
  return out;
}

}  // namespace orrery::sim
