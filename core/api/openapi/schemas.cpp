#include "core/api/openapi/schemas.h"

#include <nlohmann/json.hpp>

#include "core/api/apply/schema.h"
#include "core/api/help.h"
#include "core/api/kinds.h"
#include "core/base/text.h"

namespace orrery::api::openapi {

using nlohmann::json;

namespace {

constexpr std::string_view kMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

std::string help_text(std::string_view type, std::string_view field) {
  const Help* h = find_help(type, field);
  return h ? std::string(h->en) : std::string();
}

// Enumerations that Kubernetes closes (+enum); other string types are open.
bool is_closed(std::string_view go_type) {
  for (std::string_view known :
       {"RestartPolicy", "DNSPolicy", "PullPolicy", "Protocol", "TerminationMessagePolicy", "URIScheme", "TaintEffect",
        "TolerationOperator", "ServiceType", "ServiceAffinity", "ServiceExternalTrafficPolicy", "PodPhase",
        "NamespacePhase", "PreemptionPolicy", "UnsatisfiableConstraintAction", "PersistentVolumeReclaimPolicy",
        "DeploymentStrategyType", "DaemonSetUpdateStrategyType", "StatefulSetUpdateStrategyType",
        "PodManagementPolicyType", "ConcurrencyPolicy", "CompletionMode", "PathType", "PolicyType", "AddressType"})
    if (known == go_type) return true;
  return false;
}

}  // namespace

const EnumDesc* closed_enum(const TypeDesc& owner, const Field& f) {
  std::string_view go = f.go_type;
  while (starts_with(go, "*") || starts_with(go, "[]")) go.remove_prefix(go[0] == '*' ? 1 : 2);
  return f.kind == Kind::String && is_closed(go) ? find_enum(owner.group_version, go) : nullptr;
}

namespace {

json named_type(Dialect dialect, std::string_view name, json schema, Schemas& out) {
  out.emplace(name, std::move(schema));
  return schema_ref(dialect, name);
}

json scalar(Dialect d, const TypeDesc& owner, const Field& f, Schemas& out) {
  switch (f.kind) {
    case Kind::Bool: return {{"type", "boolean"}};
    case Kind::Int32: return {{"type", "integer"}, {"format", "int32"}};
    case Kind::Int64: return {{"type", "integer"}, {"format", "int64"}};
    case Kind::Double: return {{"type", "number"}, {"format", "double"}};
    case Kind::Bytes: return {{"type", "string"}, {"format", "byte"}};
    case Kind::String: {
      json s = {{"type", "string"}};
      if (const EnumDesc* e = closed_enum(owner, f)) {
        s["enum"] = json::array();
        for (uint32_t i = 0; i < e->count; ++i) s["enum"].push_back(std::string(e->values[i]));
      }
      return s;
    }
    case Kind::Time:
      return named_type(d, cat(kMeta, "Time"), {{"type", "string"}, {"format", "date-time"}}, out);
    case Kind::MicroTime:
      return named_type(d, cat(kMeta, "MicroTime"), {{"type", "string"}, {"format", "date-time"}}, out);
    case Kind::Duration: return named_type(d, cat(kMeta, "Duration"), {{"type", "string"}}, out);
    case Kind::Quantity: {
      json s = {{"type", "string"}};
      if (d == Dialect::V3) s = {{"oneOf", {{{"type", "string"}}, {{"type", "number"}}}}};
      return named_type(d, "io.k8s.apimachinery.pkg.api.resource.Quantity", std::move(s), out);
    }
    case Kind::IntOrString: {
      json s = {{"type", "string"}, {"format", "int-or-string"}};
      if (d == Dialect::V3)
        s = {{"format", "int-or-string"}, {"oneOf", {{{"type", "integer"}}, {{"type", "string"}}}}};
      return named_type(d, "io.k8s.apimachinery.pkg.util.intstr.IntOrString", std::move(s), out);
    }
    case Kind::Raw: {
      std::string_view go = f.go_type;
      while (starts_with(go, "*") || starts_with(go, "[]")) go.remove_prefix(go[0] == '*' ? 1 : 2);
      if (go == "FieldsV1") return named_type(d, cat(kMeta, "FieldsV1"), {{"type", "object"}}, out);
      if (go == "runtime.RawExtension")
        return named_type(d, "io.k8s.apimachinery.pkg.runtime.RawExtension", {{"type", "object"}}, out);
      return json::object();
    }
    case Kind::StringList: return {{"type", "array"}, {"items", {{"type", "string"}}}};
    case Kind::Struct: add_schema(d, *f.type, out); return schema_ref(d, f.type->openapi_name);
  }
  return json::object();
}

json property(Dialect d, const TypeDesc& owner, const Field& f, Schemas& out) {
  json value = scalar(d, owner, f, out);
  bool many = f.shape == Shape::List || f.shape == Shape::Map;
  // A reference keeps no neighbours in version 3: it is wrapped.
  if (d == Dialect::V3 && value.contains("$ref") && (!many || f.kind == Kind::Struct)) {
    json wrapped = {{"allOf", json::array({value})}};
    if (f.shape != Shape::Optional && f.kind == Kind::Struct) wrapped["default"] = json::object();
    value = std::move(wrapped);
  }
  json s;
  if (f.shape == Shape::List)
    s = {{"type", "array"}, {"items", std::move(value)}};
  else if (f.shape == Shape::Map)
    s = {{"type", "object"}, {"additionalProperties", std::move(value)}};
  else
    s = std::move(value);
  if (std::string help = help_text(owner.name, f.name); !help.empty()) s["description"] = help;
  if (f.has(kListAtomic)) s["x-kubernetes-list-type"] = "atomic";
  if (f.has(kListSet)) s["x-kubernetes-list-type"] = "set";
  if (f.has(kListMap)) {
    s["x-kubernetes-list-type"] = "map";
    s["x-kubernetes-list-map-keys"] = json::array();
    for (const std::string& key : split(f.list_keys, ',')) s["x-kubernetes-list-map-keys"].push_back(key);
  }
  if (f.has(kMapAtomic)) s["x-kubernetes-map-type"] = "atomic";
  std::string strategy = f.has(kMergePatch) ? "merge" : "";
  if (f.has(kRetainKeys)) strategy += strategy.empty() ? "retainKeys" : ",retainKeys";
  if (!strategy.empty()) s["x-kubernetes-patch-strategy"] = strategy;
  if (!f.merge_key.empty()) s["x-kubernetes-patch-merge-key"] = std::string(f.merge_key);
  return s;
}

void properties(Dialect d, const TypeDesc& owner, const TypeDesc& type, json& schema, Schemas& out) {
  for (const Field& f : type) {
    if (f.has(kInline)) {
      properties(d, owner, *f.type, schema, out);
      continue;
    }
    schema["properties"][std::string(f.name)] = property(d, type, f, out);
    if (f.has(kRequired)) schema["required"].push_back(std::string(f.name));
  }
}

json gvk(std::string_view group, std::string_view version, std::string_view kind) {
  return {{"group", std::string(group)}, {"version", std::string(version)}, {"kind", std::string(kind)}};
}

void kinds_of_type(const TypeDesc& type, json& schema) {
  json list = json::array();
  for (const KindInfo& k : all_kinds())
    if (k.type == &type || k.list_type == &type)
      list.push_back(gvk(k.group, k.version, k.type == &type ? k.kind : type.name));
  if (list.empty() && type.group_version == "meta/v1" && (type.name == "Status" || type.name == "DeleteOptions"))
    list.push_back(gvk("", "v1", type.name));
  if (list.empty())
    for (const KindInfo& k : all_kinds())
      if (k.type->group_version == type.group_version) {
        list.push_back(gvk(k.group, k.version, type.name));
        break;
      }
  if (!list.empty()) schema["x-kubernetes-group-version-kind"] = std::move(list);
}

}  // namespace

std::string ref_to(Dialect d, std::string_view name) {
  return cat(d == Dialect::V2 ? "#/definitions/" : "#/components/schemas/", name);
}

json schema_ref(Dialect d, std::string_view name) { return {{"$ref", ref_to(d, name)}}; }

void add_schema(Dialect d, const TypeDesc& type, Schemas& out) {
  std::string name(type.openapi_name);
  if (!out.emplace(name, json::object()).second) return;  // there, or being made: types may hold themselves
  json schema = {{"type", "object"}};
  if (std::string help = help_text(type.name, ""); !help.empty()) schema["description"] = help;
  if (type.has_type_meta)
    for (const char* field : {"apiVersion", "kind"})
      schema["properties"][field] = {{"type", "string"}, {"description", help_text("TypeMeta", field)}};
  properties(d, type, type, schema, out);
  if (is_atomic(type)) schema["x-kubernetes-map-type"] = "atomic";
  if (type.has_type_meta) kinds_of_type(type, schema);
  out[name] = std::move(schema);
}

}  // namespace orrery::api::openapi
