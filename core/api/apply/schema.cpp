#include "core/api/apply/schema.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/api/access.h"
#include "core/api/custom/custom_type.h"
#include "core/api/json.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using nlohmann::json;

// The only keys with a default in the schema are the protocols of ports.
const char* key_default(const Field& list, std::string_view key) {
  bool port = list.type && (list.type->name == "ContainerPort" || list.type->name == "ServicePort");
  return port && key == "protocol" ? "TCP" : nullptr;
}

}  // namespace

const TypeDesc& shape_of(const TypeDesc& type) { return type.custom ? type.custom->shape() : type; }

const Field* member_of(const TypeDesc& type, std::string_view name) {
  const Field* f = type.find(name);
  bool meta = type.has_type_meta && (name == "apiVersion" || name == "kind");
  return f || meta ? f : type.rest();
}

bool is_atomic(const TypeDesc& t) {
  struct Row {
    std::string_view group_version, name;
  };
  constexpr Row kAtomic[] = {{"meta/v1", "LabelSelector"},
                             {"meta/v1", "OwnerReference"},
                             {"core/v1", "ObjectReference"},
                             {"core/v1", "LocalObjectReference"},
                             {"core/v1", "TypedLocalObjectReference"},
                             {"core/v1", "SecretReference"},
                             {"core/v1", "ConfigMapKeySelector"},
                             {"core/v1", "SecretKeySelector"},
                             {"core/v1", "FileKeySelector"},
                             {"core/v1", "ObjectFieldSelector"},
                             {"core/v1", "ResourceFieldSelector"},
                             {"core/v1", "NodeSelector"},
                             {"core/v1", "NodeSelectorTerm"},
                             {"core/v1", "TopologySelectorTerm"},
                             {"core/v1", "ScopeSelector"},
                             {"core/v1", "ScopedResourceSelectorRequirement"},
                             {"core/v1", "EndpointAddress"},
                             {"core/v1", "EndpointPort"},
                             {"discovery/v1", "EndpointPort"},
                             {"rbac/v1", "RoleRef"},
                             {"rbac/v1", "Subject"},
                             {"autoscaling/v1", "CrossVersionObjectReference"},
                             {"networking/v1", "ServiceBackendPort"},
                             {"flowcontrol/v1", "Subject"},
                             {"admissionregistration/v1", "ParamKind"},
                             {"admissionregistration/v1", "ParamRef"},
                             {"admissionregistration/v1", "MatchResources"},
                             {"admissionregistration/v1", "NamedRuleWithOperations"}};
  for (const Row& row : kAtomic)
    if (row.name == t.name && row.group_version == t.group_version) return true;
  return false;
}

Relation relation_of(const Field& f) {
  if (f.has(kInline)) return Relation::Leaf;  // a member that no schema describes
  switch (f.shape) {
    case Shape::Map:
      return f.has(kMapAtomic) ? Relation::Leaf : Relation::Map;
    case Shape::List:
      if (f.has(kListMap)) return Relation::ListMap;
      return f.has(kListSet) ? Relation::ListSet : Relation::Leaf;
    case Shape::One:
    case Shape::Optional:
      break;
  }
  // claimRef says structType=granular although its type is atomic; the flag is read from the field's name.
  if (f.kind != Kind::Struct || f.has(kMapAtomic)) return Relation::Leaf;
  return is_atomic(*f.type) && f.name != "claimRef" ? Relation::Leaf : Relation::Struct;
}

bool item_key(const Field& f, const json& item, std::string& out, std::string& missing) {
  json keys = json::object();
  for (const std::string& key : split(f.list_keys, ',')) {
    if (item.is_object() && item.contains(key) && !item[key].is_null()) {
      keys[key] = item[key];
    } else if (const char* value = key_default(f, key)) {
      keys[key] = value;
    } else {
      missing = key;
      return false;
    }
  }
  out = "k:" + keys.dump();
  return true;
}

std::string item_value(const json& item) { return "v:" + item.dump(); }

std::string item_element(const Field& f, const void* item) {
  if (!f.has(kListMap)) {
    std::string out = "v:";
    if (f.kind == Kind::String)
      append_json_string(out, as<Str>(item));
    else if (f.kind == Kind::Int32)
      out += std::to_string(as<int32_t>(item));
    else
      out += std::to_string(as<int64_t>(item));
    return out;
  }
  std::vector<std::string> keys = split(f.list_keys, ',');
  std::sort(keys.begin(), keys.end());
  std::string out = "k:{";
  for (const std::string& key : keys) {
    const void* holder = item;
    const Field* k = f.type->find(key, &holder);
    if (!k) continue;
    const void* at = member(holder, *k);
    if (k->shape == Shape::Optional) at = optional_get(*k, at);
    if (out.size() > 3) out += ',';
    append_json_string(out, key);
    out += ':';
    const char* otherwise = key_default(f, key);
    if (!at)
      out += "null";
    else if (k->kind == Kind::String)
      append_json_string(out, as<Str>(at).empty() && otherwise ? Str(otherwise) : as<Str>(at));
    else if (k->kind == Kind::Int32)
      out += std::to_string(as<int32_t>(at));
    else if (k->kind == Kind::Bool)
      out += as<bool>(at) ? "true" : "false";
    else
      out += std::to_string(as<int64_t>(at));
  }
  return out + "}";
}

}  // namespace orrery::api
