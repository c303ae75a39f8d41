#include "core/api/custom/schema.h"

#include "core/api/gen/meta_v1.h"
#include "core/base/text.h"

namespace orrery::api {

using nlohmann::json;

namespace {

template <class T>
void take(const json& props, const char* name, std::optional<T>& out) {
  auto it = props.find(name);
  if (it != props.end() && it->is_number()) out = it->get<T>();
}
void take(const json& props, const char* name, std::string& out) {
  auto it = props.find(name);
  if (it != props.end() && it->is_string()) out = it->get<std::string>();
}
void take(const json& props, const char* name, bool& out) {
  auto it = props.find(name);
  out = it != props.end() && it->is_boolean() && it->get<bool>();
}
void take(const json& props, const char* name, std::vector<std::string>& out) {
  auto it = props.find(name);
  if (it == props.end() || !it->is_array()) return;
  for (const json& item : *it)
    if (item.is_string()) out.push_back(item.get<std::string>());
}

void read_values(const json& props, Schema& s) {
  take(props, "required", s.required);
  take(props, "minimum", s.minimum);
  take(props, "maximum", s.maximum);
  take(props, "multipleOf", s.multiple_of);
  take(props, "exclusiveMinimum", s.exclusive_minimum);
  take(props, "exclusiveMaximum", s.exclusive_maximum);
  take(props, "minLength", s.min_length);
  take(props, "maxLength", s.max_length);
  take(props, "minItems", s.min_items);
  take(props, "maxItems", s.max_items);
  take(props, "minProperties", s.min_properties);
  take(props, "maxProperties", s.max_properties);
  take(props, "uniqueItems", s.unique_items);
  take(props, "pattern", s.pattern);
  if (!s.pattern.empty())
    if (auto regex = Regex::compile(s.pattern); regex.ok()) s.regex = std::move(*regex);
  if (auto it = props.find("enum"); it != props.end() && it->is_array()) s.values = *it;
  for (auto [name, list] : {std::pair{"allOf", &s.all_of}, {"anyOf", &s.any_of}, {"oneOf", &s.one_of}})
    if (auto it = props.find(name); it != props.end() && it->is_array())
      for (const json& branch : *it) list->push_back(Schema::read(branch));
  if (auto it = props.find("not"); it != props.end() && it->is_object())
    s.none_of = std::make_unique<Schema>(Schema::read(*it));
}

}  // namespace

Schema Schema::read(const json& props) {
  Schema s;
  if (!props.is_object()) return s;
  take(props, "type", s.type);
  take(props, "format", s.format);
  take(props, "nullable", s.nullable);
  take(props, "x-kubernetes-preserve-unknown-fields", s.preserve_unknown);
  take(props, "x-kubernetes-int-or-string", s.int_or_string);
  take(props, "x-kubernetes-embedded-resource", s.embedded);
  take(props, "x-kubernetes-list-type", s.list_type);
  take(props, "x-kubernetes-map-type", s.map_type);
  take(props, "x-kubernetes-list-map-keys", s.list_keys);
  s.has_rules = props.contains("x-kubernetes-validations");
  if (auto it = props.find("default"); it != props.end()) s.otherwise = *it;
  if (auto it = props.find("properties"); it != props.end() && it->is_object())
    for (const auto& item : it->items()) {
      Schema child = read(item.value());
      s.has_rules = s.has_rules || child.has_rules;
      s.properties.emplace(item.key(), std::move(child));
    }
  if (auto it = props.find("items"); it != props.end() && it->is_object())
    s.items = std::make_unique<Schema>(read(*it));
  if (auto it = props.find("additionalProperties"); it != props.end()) {
    if (it->is_object()) s.additional = std::make_unique<Schema>(read(*it));
    s.additional_any = it->is_boolean() && it->get<bool>();
  }
  s.has_rules = s.has_rules || (s.items && s.items->has_rules) || (s.additional && s.additional->has_rules);
  read_values(props, s);
  return s;
}

// --- descriptors

namespace {

TypeDesc bare(std::string_view name, std::string_view group_version) {
  TypeDesc t{};
  t.name = name;
  t.group_version = group_version;
  return t;
}

Kind scalar_kind(const Schema& s) {
  if (s.int_or_string) return Kind::IntOrString;
  if (s.type == "string") return Kind::String;
  if (s.type == "integer") return Kind::Int64;
  if (s.type == "number") return Kind::Double;
  if (s.type == "boolean") return Kind::Bool;
  return Kind::Raw;
}

bool is_struct(const Schema& s) {
  return s.type == "object" && !s.additional && !s.additional_any && s.map_type != "atomic";
}

}  // namespace

SchemaTypes::SchemaTypes(const Schema& root, std::string_view name, std::string_view group_version)
    : name_(name), group_version_(group_version) {
  root_ = add(root, true);
}

Field SchemaTypes::field(std::string_view name, const Schema& s) {
  Field f{};
  f.name = texts_.emplace_back(name);
  f.shape = Shape::One;
  f.kind = Kind::Raw;
  const Schema* part = &s;
  if (s.type == "array" && s.items) {
    f.shape = Shape::List;
    f.flags = s.list_type == "map" ? kListMap : s.list_type == "set" ? kListSet : kListAtomic;
    f.list_keys = texts_.emplace_back(join(s.list_keys, ","));
    part = s.items.get();
  } else if (s.type == "object" && (s.additional || s.additional_any)) {
    f.shape = Shape::Map;
    if (s.map_type == "atomic") f.flags = kMapAtomic;
    if (!s.additional) return f;
    part = s.additional.get();
  }
  if (part->type == "array") return f;  // a list within: one value
  if (is_struct(*part)) {
    f.kind = Kind::Struct;
    f.type = add(*part, false);
  } else if (part->type == "object" && part->map_type == "atomic") {
    f.flags |= kMapAtomic;
  } else {
    f.kind = scalar_kind(*part);
  }
  return f;
}

const TypeDesc* SchemaTypes::add(const Schema& s, bool root) {
  std::vector<Field> list;
  bool whole = root || s.embedded;
  for (const auto& [name, child] : s.properties)
    if (!whole || (name != "metadata" && name != "apiVersion" && name != "kind")) list.push_back(field(name, child));
  if (whole) {
    Field meta{};
    meta.name = "metadata";
    meta.kind = Kind::Struct;
    meta.type = &desc<meta_v1::ObjectMeta>();
    list.push_back(meta);
  }
  if (s.preserve_unknown) {  // whatever else there is
    Field rest{};
    rest.kind = Kind::Raw;
    rest.shape = Shape::Map;
    rest.flags = kInline;
    list.push_back(rest);
  }
  TypeDesc& type = types_.emplace_back(bare(name_, group_version_));
  type.has_type_meta = whole;
  const std::vector<Field>& kept = fields_.emplace_back(std::move(list));
  type.fields = kept.data();
  type.field_count = static_cast<uint32_t>(kept.size());
  return &type;
}

}  // namespace orrery::api
