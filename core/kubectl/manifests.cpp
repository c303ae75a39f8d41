#include "core/kubectl/manifests.h"

#include "core/api/yaml.h"
#include "core/base/text.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

std::vector<json> read_manifests(Context& c, std::string& error) {
  std::vector<json> out;
  std::vector<std::string> names = c.args.all("filename");
  std::vector<std::string> expanded;
  for (const std::string& list : names)
    for (const std::string& name : split(list, ',')) {
      std::vector<std::string> inside = name == "-" ? std::vector<std::string>() : c.files().list(name);
      if (inside.empty()) expanded.push_back(name);
      for (const std::string& file : inside)
        if (ends_with(file, ".yaml") || ends_with(file, ".yml") || ends_with(file, ".json"))
          expanded.push_back(cat(name, ends_with(name, "/") ? "" : "/", file));
    }
  for (const std::string& name : expanded) {
    std::string text = c.session().input;
    if (name != "-" && !c.files().read(name, text)) {
      error = cat("the path ", orrery::quoted(name), " does not exist");
      return {};
    }
    auto documents = api::yaml_documents(text);
    if (!documents.ok()) {
      error = cat("error parsing ", name == "-" ? "STDIN" : name, ": ", documents.error().message);
      return {};
    }
    for (const std::string& document : *documents) {
      json object = json::parse(document, nullptr, false);
      if (!object.is_object()) {
        error = cat("error validating ", orrery::quoted(name), ": error validating data: invalid object to validate");
        return {};
      }
      if (ends_with(object.value("kind", ""), "List") && object.contains("items")) {
        for (json& item : object["items"]) out.push_back(std::move(item));
      } else {
        out.push_back(std::move(object));
      }
    }
  }
  if (out.empty() && error.empty()) error = cat("no objects passed to ", c.session().argv[0]);
  return out;
}

}  // namespace

const std::vector<Manifest>& manifests_of(Context& c, std::string& error) {
  static const std::vector<Manifest> kNone;
  if (const auto* known = static_cast<const std::vector<Manifest>*>(c.session().manifests.get())) return *known;
  auto read = std::make_shared<std::vector<Manifest>>();
  for (json& object : read_manifests(c, error)) {
    ObjectRef ref = ref_of(c, object, c.ns(), error);
    if (!error.empty()) return kNone;
    read->push_back({std::move(object), std::move(ref)});
  }
  if (!error.empty()) return kNone;
  c.session().manifests = read;
  return *read;
}

}  // namespace orrery::kubectl
