#include "core/api/custom/custom_type.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/api/access.h"
#include "core/api/custom/schema.h"
#include "core/api/json_dom.h"
#include "core/api/protobuf.h"
#include "core/base/text.h"

namespace orrery::api {

using nlohmann::json;

namespace {

constexpr const char* kVerbs = "delete,deletecollection,get,list,patch,create,update,watch";

Field meta_field(const TypeDesc& type) {
  Field f{};
  f.name = "metadata";
  f.kind = Kind::Struct;
  f.shape = Shape::One;
  f.type = &type;
  return f;
}

Field rest_field() {
  Field f{};
  f.kind = Kind::Raw;
  f.shape = Shape::Map;
  f.flags = kInline;
  f.offset = offsetof(CustomObject, rest);
  f.elem = &ElemOpsOf<MapEntry<Raw>>::value;
  f.map_value_offset = offsetof(MapEntry<Raw>, value);
  return f;
}

std::string schema_of(const CustomType::Version& v) {
  if (!v.schema || !v.schema->openAPIV3Schema) return "{}";
  return to_json(*v.schema->openAPIV3Schema);
}

// "example.com" -> "com.example", as definitions are named in OpenAPI.
std::string reversed(std::string_view group) {
  std::vector<std::string> parts = split(group, '.');
  std::reverse(parts.begin(), parts.end());
  return join(parts, ".");
}

std::string joined(const List<Str>& list) {
  std::vector<std::string> words;
  for (const Str& s : list) words.push_back(s.str());
  return join(words, ",");
}

}  // namespace

template <>
const TypeDesc& desc<CustomObject>() {
  static const Field fields[] = {meta_field(desc<meta_v1::ObjectMeta>()), rest_field()};
  static const TypeDesc type = [] {
    TypeDesc t{};
    t.name = "CustomObject";
    t.fields = fields;
    t.field_count = 2;
    t.ops = ElemOpsOf<CustomObject>::value;
    t.has_type_meta = true;
    t.has_object_meta = true;
    return t;
  }();
  return type;
}

CustomType::CustomType(const Definition& d, const Version& v)
    : group_(d.spec.group.str()),
      version_(v.name.str()),
      plural_(d.spec.names.plural.str()),
      singular_(d.spec.names.singular.str()),
      kind_name_(d.spec.names.kind.str()),
      list_kind_(d.spec.names.listKind.str()),
      short_names_(joined(d.spec.names.shortNames)),
      categories_(joined(d.spec.names.categories)),
      openapi_name_(cat(reversed(group_), ".", version_, ".", kind_name_)),
      list_openapi_name_(openapi_name_ + "List"),
      group_version_(cat(group_, "/", version_)),
      schema_json_(schema_of(v)),
      schema_(std::make_unique<Schema>(Schema::read(json::parse(schema_json_, nullptr, false)))),
      shapes_(std::make_unique<SchemaTypes>(*schema_, kind_name_, group_version_)),
      type_(desc<CustomObject>()) {
  read_subresources(v);
  for (const auto& c : v.additionalPrinterColumns)
    columns_.push_back({c.name.str(), c.type.str(), c.format.str(), c.description.str(), c.jsonPath.str(), c.priority});
  for (const auto& f : v.selectableFields) selectable_.push_back(f.jsonPath.str());
  if (v.deprecated)
    deprecation_ =
        v.deprecationWarning ? v.deprecationWarning->str() : cat(group_version_, " ", kind_name_, " is deprecated");

  type_.name = kind_name_;
  type_.group_version = group_version_;
  type_.openapi_name = openapi_name_;
  type_.has_type_meta = true;
  type_.custom = this;
  list_fields_[0] = meta_field(desc<meta_v1::ListMeta>());
  list_fields_[1] = Field{};
  list_fields_[1].name = "items";
  list_fields_[1].kind = Kind::Struct;
  list_fields_[1].shape = Shape::List;
  list_fields_[1].type = &type_;
  list_fields_[1].offset = offsetof(CustomObjectList, items);
  list_fields_[1].elem = &ElemOpsOf<CustomObject>::value;
  list_type_ = TypeDesc{};
  list_type_.name = list_kind_;
  list_type_.group_version = group_version_;
  list_type_.openapi_name = list_openapi_name_;
  list_type_.fields = list_fields_;
  list_type_.field_count = 2;
  list_type_.ops = ElemOpsOf<CustomObjectList>::value;
  list_type_.has_type_meta = true;
  list_type_.has_list_meta = true;
  list_type_.custom = this;

  kind_.group = group_;
  kind_.version = version_;
  kind_.kind = kind_name_;
  kind_.plural = plural_;
  kind_.singular = singular_;
  kind_.short_names = short_names_;
  kind_.categories = categories_;
  kind_.namespaced = d.spec.scope == "Namespaced";
  kind_.verbs = kVerbs;
  kind_.subresources = subresources_;
  kind_.type = &type_;
  kind_.list_type = &list_type_;
  kind_.custom = this;
}

CustomType::~CustomType() = default;
const TypeDesc& CustomType::shape() const { return shapes_->root(); }

void CustomType::read_subresources(const Version& v) {
  if (!v.subresources) return;
  has_status_ = !v.subresources->status.json.empty();
  if (has_status_) subresources_ = "status";
  if (!v.subresources->scale) return;
  const auto& scale = *v.subresources->scale;
  replicas_ = scale.specReplicasPath.str();
  status_replicas_ = scale.statusReplicasPath.str();
  if (scale.labelSelectorPath) selector_ = scale.labelSelectorPath->str();
  subresources_ += subresources_.empty() ? "scale" : ",scale";
}

json rest_of(const CustomObject& object) {
  json out = json::object();
  for (const auto& [name, raw] : object.rest) out[name.str()] = json::parse(raw.json.view(), nullptr, false);
  return out;
}

void set_rest(CustomObject& object, const json& rest) {
  Map<Raw> next;
  for (const auto& item : rest.items()) next.set(Str(item.key()), Raw{Str(item.value().dump())});
  object.rest = std::move(next);
}

const json* at_simple_path(const json& rest, std::string_view path) {
  const json* at = &rest;
  for (const std::string& name : split(path, '.')) {
    if (name.empty()) continue;
    if (!at->is_object()) return nullptr;
    auto it = at->find(name);
    if (it == at->end()) return nullptr;
    at = &*it;
  }
  return at;
}

void prune_custom(const CustomType& type, CustomObject& object, DecodeNotes* notes) {
  json rest = rest_of(object);
  std::vector<std::string> unknown;
  json before = rest;
  prune(type.schema(), rest, notes ? &notes->strict : nullptr);
  if (!(rest == before)) set_rest(object, rest);
}

void default_custom(const CustomType& type, CustomObject& object) {
  json rest = rest_of(object);
  json before = rest;
  set_schema_defaults(type.schema(), rest);
  if (!(rest == before)) set_rest(object, rest);
}

List<Cause> check_custom(const CustomType& type, const CustomObject& object) {
  json whole = rest_of(object);
  // The schema may restrict the names; the rest of metadata is checked like any object's.
  whole["metadata"] = json::object();
  if (!object.metadata.name.empty()) whole["metadata"]["name"] = object.metadata.name.str();
  whole["apiVersion"] = std::string(type.type().group_version);
  whole["kind"] = std::string(type.type().name);
  return check_schema(type.schema(), whole);
}

std::string bytes_to_store(const ObjectPtr& object) {
  // A schema's JSON values have another form in protobuf.
  bool as_json = object.type().custom || &object.type() == &desc<CustomObject>() ||
                 object.type().group_version == "apiextensions/v1";
  return as_json ? to_json(object) : to_protobuf(object);
}

Result<ObjectPtr> stored_object(std::string_view text, StrPool& pool) {
  if (is_protobuf(text)) {
    auto envelope = open_protobuf(text);
    if (!envelope.ok()) return envelope.error();
    const KindInfo* kind = find_kind(envelope->meta.api_version, envelope->meta.kind);
    if (!kind)
      return make_error(Reason::BadRequest, cat("no kind ", orrery::quoted(envelope->meta.kind), " is registered for version ",
                                                orrery::quoted(envelope->meta.api_version)));
    MutableObject object(*kind->type);
    auto done = decode_protobuf(envelope->raw, *kind->type, object.data(), &pool);
    if (!done.ok()) return done.error();
    return std::move(object).freeze();
  }
  auto meta = read_type_meta(text);
  if (!meta.ok()) return meta.error();
  if (meta->kind.empty() || find_kind(meta->api_version, meta->kind) ||
      meta->api_version.view().find('.') == std::string_view::npos)
    return any_object_from_json(text);
  return object_from_json(text, desc<CustomObject>());
}

}  // namespace orrery::api
