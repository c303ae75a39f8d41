// Schema: the structural schema of a custom resource, read once from its CustomResourceDefinition.
// Source: apiextensions-apiserver pkg/apiserver/schema (structural.go),
// https://kubernetes.io/docs/tasks/extend-kubernetes/
// custom-resources/custom-resource-definitions/#specifying-a-structural-schema.
//
// It works on JSON trees. Server-side apply and field ownership see it as a TypeDesc like any other type's, without
// storage: names, kinds, shapes and list keys (see type()).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/api/reflect.h"
#include "core/base/regex.h"

namespace orrery::api {

struct Schema {
  std::string type;  // "object", "array", "string", "integer", "number", "boolean", or none
  std::string format;
  bool nullable = false;
  bool preserve_unknown = false;
  bool int_or_string = false;
  bool embedded = false;  // x-kubernetes-embedded-resource: apiVersion, kind and metadata of its own
  std::map<std::string, Schema> properties;
  std::unique_ptr<Schema> items;
  std::unique_ptr<Schema> additional;  // of every other member
  bool additional_any = false;         // additionalProperties: true
  nlohmann::json otherwise;            // the default; discarded: none
  std::string list_type, map_type;
  std::vector<std::string> list_keys;

  // What values must be like.
  std::vector<std::string> required;
  std::optional<double> minimum, maximum, multiple_of;
  bool exclusive_minimum = false, exclusive_maximum = false;
  std::optional<int64_t> min_length, max_length, min_items, max_items, min_properties, max_properties;
  std::string pattern;
  std::optional<Regex> regex;
  bool unique_items = false;
  nlohmann::json values;  // enum, an array; null: any
  std::vector<Schema> all_of, any_of, one_of;
  std::unique_ptr<Schema> none_of;  // not
  bool has_rules = false;           // x-kubernetes-validations, here or below

  Schema() : otherwise(nlohmann::json::value_t::discarded) {}
  // From a JSONSchemaProps as JSON. A pattern that can't be read matches everything (validation refuses it).
  static Schema read(const nlohmann::json& props);
};

// Drops what the schema doesn't know, at most 100 of it noted: `unknown field "spec.foo"`. Source: schema/pruning.
void prune(const Schema& root, nlohmann::json& object, std::vector<std::string>* unknown);
// Fills in defaults; null is replaced where null isn't allowed. Source: schema/defaulting.
void set_schema_defaults(const Schema& root, nlohmann::json& object);
// Everything wrong with an object, in the words of kube-openapi's validation.
List<Cause> check_schema(const Schema& root, const nlohmann::json& object);

// The schema's shape as descriptors.
class SchemaTypes {
 public:
  // `name` is that of the kind.
  SchemaTypes(const Schema& root, std::string_view name, std::string_view group_version);
  SchemaTypes(const SchemaTypes&) = delete;
  SchemaTypes& operator=(const SchemaTypes&) = delete;
  const TypeDesc& root() const { return *root_; }

 private:
  const TypeDesc* add(const Schema& schema, bool root);
  Field field(std::string_view name, const Schema& schema);
  Str name_, group_version_;
  std::deque<std::string> texts_;
  std::deque<std::vector<Field>> fields_;
  std::deque<TypeDesc> types_;
  const TypeDesc* root_ = nullptr;
};

}  // namespace orrery::api
