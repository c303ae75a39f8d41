// CustomObject: an object of a kind that a CustomResourceDefinition declares; CustomType: all that is known of one
// served version of such a kind, in the form in which the generated kinds are known too (KindInfo, TypeDesc).
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/api/gen/apiextensions_v1.h"
#include "core/api/gen/meta_v1.h"
#include "core/api/json.h"
#include "core/api/kinds.h"

namespace orrery::api {

struct Schema;
class SchemaTypes;

struct CustomObject {
  meta_v1::ObjectMeta metadata;
  Map<Raw> rest;  // every other member at the top: spec, status, ...
};
struct CustomObjectList {
  meta_v1::ListMeta metadata;
  List<CustomObject> items;
};
// The type of a custom object whose definition isn't known (any more): it has no kind and no schema.
template <>
const TypeDesc& desc<CustomObject>();

struct PrinterColumn {
  std::string name, type, format, description, path;  // path: JSONPath without braces, ".spec.replicas"
  int priority = 0;
};

class CustomType : public std::enable_shared_from_this<CustomType> {
 public:
  using Definition = apiextensions_v1::CustomResourceDefinition;
  using Version = apiextensions_v1::CustomResourceDefinitionVersion;

  CustomType(const Definition& definition, const Version& version);
  ~CustomType();
  CustomType(const CustomType&) = delete;
  CustomType& operator=(const CustomType&) = delete;

  const KindInfo& kind() const { return kind_; }
  const TypeDesc& type() const { return type_; }
  // For field ownership and server-side apply.
  const TypeDesc& shape() const;
  const Schema& schema() const { return *schema_; }
  const std::string& schema_json() const { return schema_json_; }
  const std::string& list_kind() const { return list_kind_; }
  const std::vector<PrinterColumn>& columns() const { return columns_; }
  const std::vector<std::string>& selectable() const { return selectable_; }  // JSON paths, ".spec.color"
  bool has_status() const { return has_status_; }
  // Of the scale subresource; empty paths: there is none.
  const std::string& replicas_path() const { return replicas_; }
  const std::string& status_replicas_path() const { return status_replicas_; }
  const std::string& selector_path() const { return selector_; }
  const std::string& deprecation() const { return deprecation_; }  // the Warning of each request, "": none

 private:
  void read_subresources(const Version& version);
  std::string group_, version_, plural_, singular_, kind_name_, list_kind_, short_names_, categories_, subresources_,
      openapi_name_, list_openapi_name_, group_version_;
  std::string schema_json_;
  std::unique_ptr<const Schema> schema_;
  std::unique_ptr<const SchemaTypes> shapes_;
  std::vector<PrinterColumn> columns_;
  std::vector<std::string> selectable_;
  bool has_status_ = false;
  std::string replicas_, status_replicas_, selector_, deprecation_;
  Field fields_[2], list_fields_[2];
  TypeDesc type_, list_type_;
  KindInfo kind_;
};

// The object as a JSON tree without apiVersion, kind and metadata, and back.
nlohmann::json rest_of(const CustomObject& object);
void set_rest(CustomObject& object, const nlohmann::json& rest);
// The value at a path such as ".spec.replicas"; null: there is none.
const nlohmann::json* at_simple_path(const nlohmann::json& rest, std::string_view path);

// What decoding, defaulting and validation do for objects of a custom type.
void prune_custom(const CustomType& type, CustomObject& object, DecodeNotes* notes);
void default_custom(const CustomType& type, CustomObject& object);
List<Cause> check_custom(const CustomType& type, const CustomObject& object);

// How objects are kept in a journal: built-in kinds in protobuf, as in etcd (read three times as fast as JSON, half as
// long), definitions and custom resources as JSON. Either is read; what isn't served is a CustomObject without a type.
std::string bytes_to_store(const ObjectPtr& object);
Result<ObjectPtr> stored_object(std::string_view bytes, StrPool& pool);

}  // namespace orrery::api
