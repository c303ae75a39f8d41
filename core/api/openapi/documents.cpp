#include <nlohmann/json.hpp>

#include "core/api/custom/custom_type.h"
#include "core/api/help.h"
#include "core/api/json.h"
#include "core/api/openapi/openapi.h"
#include "core/api/openapi/paths.h"
#include "core/api/openapi/v2_protobuf.h"
#include "core/base/rng.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using namespace openapi;
using nlohmann::json;

constexpr std::string_view kVersion = "v1.35.0";

void add_common(Dialect d, Schemas& out) {
  for (const char* name : {"Status", "DeleteOptions", "ListMeta", "ObjectMeta"})
    add_schema(d, *find_type("meta/v1", name), out);
  out.emplace("io.k8s.apimachinery.pkg.apis.meta.v1.Patch", json{{"type", "object"}});
}

// What OpenAPI v2 can't say is left out. Source: apiextensions-apiserver pkg/controller/openapi/v2/conversion.go
void to_v2(json& schema) {
  if (schema.is_array())
    for (json& item : schema) to_v2(item);
  if (!schema.is_object()) return;
  for (const char* name : {"oneOf", "anyOf", "allOf", "not", "nullable", "default", "x-kubernetes-validations"})
    schema.erase(name);
  if (schema.contains("x-kubernetes-preserve-unknown-fields") || schema.contains("x-kubernetes-int-or-string")) {
    schema.erase("items");
    schema.erase("properties");
    if (schema.contains("x-kubernetes-preserve-unknown-fields")) schema.erase("type");
  }
  if (auto it = schema.find("properties"); it != schema.end())
    for (auto& item : it->items()) to_v2(item.value());
  for (const char* name : {"items", "additionalProperties"})
    if (auto it = schema.find(name); it != schema.end()) to_v2(*it);
}

// The schema of one resource and its list.
void add_resource(Dialect d, const OpenApiResource& r, Schemas& out) {
  if (r.schema.empty()) {
    const KindInfo* k = find_kind(r.group, r.version, r.kind);
    if (!k) return;
    add_schema(d, *k->type, out);
    if (k->list_type) add_schema(d, *k->list_type, out);
    for (const std::string& sub : r.subresources)
      if (sub == "scale") add_schema(d, *find_type("autoscaling/v1", "Scale"), out);
    return;
  }
  json schema = json::parse(r.schema, nullptr, false);
  if (schema.is_discarded()) return;
  if (d == Dialect::V2) to_v2(schema);
  schema["type"] = "object";
  json& properties = schema["properties"];
  for (const char* name : {"apiVersion", "kind"})
    properties[name] = json{{"type", "string"}, {"description", std::string(find_help("TypeMeta", name)->en)}};
  properties["metadata"] = schema_ref(d, "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  properties["metadata"]["description"] =
      "Standard object's metadata. More info: "
      "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
  schema["x-kubernetes-group-version-kind"] = {{{"group", r.group}, {"version", r.version}, {"kind", r.kind}}};
  out[r.definition] = std::move(schema);
  out[r.definition + "List"] = {
      {"type", "object"},
      {"required", {"items"}},
      {"properties",
       {{"apiVersion", {{"type", "string"}}},
        {"kind", {{"type", "string"}}},
        {"metadata", schema_ref(d, "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta")},
        {"items", {{"type", "array"}, {"items", schema_ref(d, r.definition)}}}}},
      {"x-kubernetes-group-version-kind", {{{"group", r.group}, {"version", r.version}, {"kind", r.list_kind}}}}};
}

json v2_document(const OpenApiResources& resources) {
  json doc = {{"swagger", "2.0"}, {"info", {{"title", "Kubernetes"}, {"version", std::string(kVersion)}}}};
  doc["paths"] = json::object();
  Schemas schemas;
  add_common(Dialect::V2, schemas);
  for (const OpenApiResource& r : resources) {
    add_paths(Dialect::V2, r, doc["paths"]);
    add_resource(Dialect::V2, r, schemas);
  }
  json& definitions = doc["definitions"] = json::object();
  for (auto& [name, schema] : schemas) definitions[name] = std::move(schema);
  return doc;
}

// Changes when what the group version serves changes.
std::string hash_of(const OpenApiResources& resources, std::string_view path) {
  uint64_t h = fnv1a(kVersion);
  for (const OpenApiResource& r : resources) {
    if (group_version_path(r) != path) continue;
    h = fnv1a(r.kind, h);
    h = fnv1a(r.schema, h);
    h = fnv1a(join(r.verbs, ","), h);
    h = fnv1a(join(r.subresources, ","), h);
  }
  std::string out = hex64(h);
  for (char& c : out)
    if (c >= 'a') c -= 'a' - 'A';
  return out;
}

}  // namespace

namespace {

OpenApiResource resource_of(const KindInfo& k) {
  OpenApiResource r;
  r.group = k.group;
  r.version = k.version;
  r.kind = k.kind;
  r.plural = k.plural;
  r.namespaced = k.namespaced;
  r.verbs = split(k.verbs, ',');
  for (const std::string& sub : split(k.subresources, ',')) r.subresources.push_back(sub.substr(0, sub.find(':')));
  r.definition = k.type->openapi_name;
  return r;
}

}  // namespace

OpenApiResources builtin_openapi_resources() {
  OpenApiResources out;
  for (const KindInfo& k : all_kinds()) out.push_back(resource_of(k));
  return out;
}

OpenApiResource custom_openapi_resource(const CustomType& type) {
  OpenApiResource r = resource_of(type.kind());
  r.strategic_merge = false;
  r.schema = type.schema_json();
  r.list_kind = type.list_kind();
  return r;
}

std::string openapi_v3_index(const OpenApiResources& resources) {
  json paths = json::object();
  for (const OpenApiResource& r : resources) {
    std::string path = group_version_path(r);
    if (!paths.contains(path))
      paths[path] = {{"serverRelativeURL", cat("/openapi/v3/", path, "?hash=", hash_of(resources, path))}};
  }
  return json{{"paths", std::move(paths)}}.dump();
}

std::string openapi_v3(const OpenApiResources& resources, std::string_view path) {
  json doc = {{"openapi", "3.0.0"}, {"info", {{"title", "Kubernetes"}, {"version", std::string(kVersion)}}}};
  doc["paths"] = json::object();
  Schemas schemas;
  bool any = false;
  for (const OpenApiResource& r : resources) {
    if (group_version_path(r) != path) continue;
    any = true;
    add_paths(Dialect::V3, r, doc["paths"]);
    add_resource(Dialect::V3, r, schemas);
  }
  if (!any) return {};
  add_common(Dialect::V3, schemas);
  json& components = doc["components"]["schemas"] = json::object();
  for (auto& [name, schema] : schemas) components[name] = std::move(schema);
  return doc.dump();
}

std::string openapi_v2_json(const OpenApiResources& resources) { return v2_document(resources).dump(); }
std::string openapi_v2_protobuf(const OpenApiResources& resources) { return v2_to_protobuf(v2_document(resources)); }

}  // namespace orrery::api
