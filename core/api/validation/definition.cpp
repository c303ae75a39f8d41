// CustomResourceDefinitions. Sources: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go,
// pkg/apiserver/schema/validation.go (what makes a schema structural).
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/api/json.h"
#include "core/api/validation/kinds.h"
#include "core/base/regex.h"
#include "core/base/text.h"

namespace orrery::api::validation {

using namespace apiextensions_v1;
using nlohmann::json;

namespace {

enum class Level : uint8_t { Root, Item, Field };

bool truthy(const json& s, const char* name) {
  auto it = s.find(name);
  return it != s.end() && it->is_boolean() && it->get<bool>();
}
std::string text(const json& s, const char* name) {
  auto it = s.find(name);
  return it != s.end() && it->is_string() ? it->get<std::string>() : std::string();
}

void check_list(Errors& e, const json& s, const Path& at) {
  std::string list = text(s, "x-kubernetes-list-type");
  if (list.empty()) return;
  Path where = at / "x-kubernetes-list-type";
  if (list != "atomic" && list != "set" && list != "map") return e.not_supported(where, list, {"atomic", "set", "map"});
  if (text(s, "type") != "array")
    e.invalid(at / "type", text(s, "type"), "must be array if x-kubernetes-list-type is specified");
  if (list != "map") return;
  auto keys = s.find("x-kubernetes-list-map-keys");
  if (keys == s.end() || keys->empty())
    e.required(at / "x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
}

void check_schema(Errors& e, const json& s, const Path& at, Level level) {
  if (!s.is_object()) return;
  std::string type = text(s, "type");
  bool any_type = truthy(s, "x-kubernetes-int-or-string") || truthy(s, "x-kubernetes-preserve-unknown-fields");
  if (level == Level::Root) {
    if (type.empty())
      e.required(at / "type", "must not be empty at the root");
    else if (type != "object")
      e.invalid(at / "type", type, "must be object at the root");
    if (s.contains("additionalProperties")) e.forbidden(at / "additionalProperties", "must not be used at the root");
  } else if (type.empty() && !any_type) {
    e.required(at / "type", level == Level::Item ? "must not be empty for specified array items"
                                                 : "must not be empty for specified object fields");
  }
  const std::initializer_list<std::string_view> kTypes = {"array", "boolean", "integer", "number", "object", "string"};
  if (!type.empty() && std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end())
    e.not_supported(at / "type", type, kTypes);
  if (truthy(s, "x-kubernetes-embedded-resource") && type != "object")
    e.invalid(at / "type", type, "must be object if x-kubernetes-embedded-resource is true");
  if (type == "array" && !s.contains("items")) e.required(at / "items", "must be specified");
  if (truthy(s, "uniqueItems"))
    e.forbidden(at / "uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
  for (const char* name : {"$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id"})
    if (s.contains(name)) e.forbidden(at / name, cat(name, " is not supported"));
  if (s.contains("additionalProperties") && s.contains("properties") && !s["properties"].empty() &&
      !(s["additionalProperties"].is_boolean() && s["additionalProperties"].get<bool>()))
    e.forbidden(at / "additionalProperties", "additionalProperties and properties are mutual exclusive");
  if (std::string pattern = text(s, "pattern"); !pattern.empty())
    if (auto regex = Regex::compile(pattern); !regex.ok())
      e.invalid(at / "pattern", pattern, cat("must be a valid regular expression, but isn't: ", regex.error().message));
  check_list(e, s, at);
  if (auto it = s.find("properties"); it != s.end() && it->is_object())
    for (const auto& item : it->items()) {
      bool meta = level == Level::Root && item.key() == "metadata";
      if (!meta || item.value().contains("type"))
        check_schema(e, item.value(), (at / "properties").key(item.key()), Level::Field);
    }
  if (auto it = s.find("items"); it != s.end()) {
    if (it->is_array())
      e.forbidden(at / "items", "items must be a schema object and not an array");
    else
      check_schema(e, *it, at / "items", Level::Item);
  }
  if (auto it = s.find("additionalProperties"); it != s.end() && it->is_object())
    check_schema(e, *it, at / "additionalProperties", Level::Field);
}

// "may have mixed case, but should otherwise match: ..."
void check_kind_name(Errors& e, const Path& at, const Str& name) {
  std::vector<std::string> wrong = dns1035_label(to_lower(name));
  if (!wrong.empty()) e.invalid(at, name, cat("may have mixed case, but should otherwise match: ", join(wrong, ",")));
}

void check_label(Errors& e, const Path& at, const Str& name) {
  std::vector<std::string> wrong = dns1035_label(name);
  if (!wrong.empty()) e.invalid(at, name, join(wrong, ","));
}

void check_names(Errors& e, const CustomResourceDefinitionNames& n, const Path& at) {
  if (n.plural.empty()) e.required(at / "plural");
  if (n.singular.empty()) e.required(at / "singular");
  if (n.kind.empty()) e.required(at / "kind");
  if (n.listKind.empty()) e.required(at / "listKind");
  if (!n.plural.empty()) check_label(e, at / "plural", n.plural);
  if (!n.singular.empty()) check_label(e, at / "singular", n.singular);
  if (!n.kind.empty()) check_kind_name(e, at / "kind", n.kind);
  if (!n.listKind.empty()) check_kind_name(e, at / "listKind", n.listKind);
  size_t i = 0;
  for (const Str& s : n.shortNames) check_label(e, (at / "shortNames").index(i++), s);
  if (!n.kind.empty() && n.kind == n.listKind)
    e.invalid(at / "listKind", n.listKind, "kind and listKind may not be the same");
  i = 0;
  for (const Str& s : n.categories) check_label(e, (at / "categories").index(i++), s);
}

void check_columns(Errors& e, const CustomResourceDefinitionVersion& v, const Path& at) {
  size_t i = 0;
  for (const auto& c : v.additionalPrinterColumns) {
    Path here = at.index(i++);
    if (c.name.empty()) e.required(here / "name");
    if (c.type.empty())
      e.required(here / "type", "must be one of boolean,date,integer,number,string");
    else if (!(c.type == "boolean" || c.type == "date" || c.type == "integer" || c.type == "number" ||
               c.type == "string"))
      e.invalid(here / "type", c.type, "must be one of boolean,date,integer,number,string");
    if (c.jsonPath.empty())
      e.required(here / "JSONPath");
    else if (c.jsonPath.view()[0] != '.')
      e.invalid(here / "JSONPath", c.jsonPath, "must be a simple json path starting with .");
  }
}

void check_subresources(Errors& e, const CustomResourceDefinitionVersion& v, const Path& at) {
  if (!v.subresources || !v.subresources->scale) return;
  const auto& scale = *v.subresources->scale;
  auto path = [&](const char* name, const Str& value, std::string_view below) {
    if (value.empty())
      e.required(at / "scale" / name);
    else if (!starts_with(value.view(), below))
      e.invalid(at / "scale" / name, value, cat("should be a json path under ", below.substr(0, below.size() - 1)));
  };
  path("specReplicasPath", scale.specReplicasPath, ".spec.");
  path("statusReplicasPath", scale.statusReplicasPath, ".status.");
}

void check_version(Errors& e, const CustomResourceDefinitionVersion& v, const Path& at) {
  check_label(e, at / "name", v.name);
  Path schema = at / "schema" / "openAPIV3Schema";
  if (!v.schema || !v.schema->openAPIV3Schema)
    e.required(schema, "schemas are required");
  else
    check_schema(e, json::parse(to_json(*v.schema->openAPIV3Schema), nullptr, false), schema, Level::Root);
  check_subresources(e, v, at / "subresources");
  check_columns(e, v, at / "additionalPrinterColumns");
}

void check_spec(Errors& e, const CustomResourceDefinitionSpec& s, const Path& at) {
  if (s.group.empty()) {
    e.required(at / "group");
  } else if (std::vector<std::string> wrong = dns1123_subdomain(s.group); !wrong.empty()) {
    e.invalid(at / "group", s.group, join(wrong, ","));
  } else if (s.group.view().find('.') == std::string_view::npos) {
    e.invalid(at / "group", s.group, "should be a domain with at least one dot");
  }
  e.one_of(at / "scope", s.scope, {"Cluster", "Namespaced"});
  if (s.preserveUnknownFields) e.invalid(at / "preserveUnknownFields", Value::json("true"), "must be false");
  size_t i = 0, stored = 0;
  std::set<Str> seen;
  bool unique = true;
  for (const auto& v : s.versions) {
    check_version(e, v, (at / "versions").index(i++));
    stored += v.storage;
    unique = seen.insert(v.name).second && unique;
  }
  std::string shown = "[]";
  if (!s.versions.empty()) {
    json list = json::array();
    for (const auto& v : s.versions) list.push_back(json::parse(to_json(v), nullptr, false));
    shown = list.dump();
  }
  if (!unique) e.invalid(at / "versions", Value::json(shown), "must contain unique version names");
  if (stored != 1)
    e.invalid(at / "versions", Value::json(shown), "must have exactly one version marked as storage version");
  check_names(e, s.names, at / "names");
  if (s.conversion && s.conversion->strategy != "None" && s.conversion->strategy != "Webhook")
    e.not_supported(at / "conversion" / "strategy", s.conversion->strategy, {"None", "Webhook"});
}

void immutable(Errors& e, const Path& at, const Str& now, const Str& before) {
  if (!(now == before)) e.invalid(at, now, "field is immutable");
}

}  // namespace

void check(Errors& e, const CustomResourceDefinition& d) {
  Str wanted(cat(d.spec.names.plural, ".", d.spec.group));
  if (!(d.metadata.name == wanted))
    e.invalid(Path("metadata.name"), d.metadata.name, "must be spec.names.plural+\".\"+spec.group");
  check_spec(e, d.spec, Path("spec"));
}

void check_update(Errors& e, const CustomResourceDefinition& d, const CustomResourceDefinition& old) {
  Path at("spec");
  check_spec(e, d.spec, at);
  bool established = false;
  for (const auto& c : old.status.conditions) established |= c.type == "Established" && c.status == "True";
  if (established) {
    immutable(e, at / "scope", d.spec.scope, old.spec.scope);
    immutable(e, at / "names" / "kind", d.spec.names.kind, old.spec.names.kind);
  }
  immutable(e, at / "group", d.spec.group, old.spec.group);
  immutable(e, at / "names" / "plural", d.spec.names.plural, old.spec.names.plural);
  size_t i = 0;
  for (const Str& version : d.status.storedVersions) {
    bool there = false;
    for (const auto& v : d.spec.versions) there |= v.name == version;
    if (!there) e.invalid(Path("status.storedVersions").index(i), version, "must appear in spec.versions");
    ++i;
  }
}

}  // namespace orrery::api::validation
