#include "core/api/openapi/v2_protobuf.h"

#include <nlohmann/json.hpp>

#include "core/api/protobuf.h"
#include "core/base/text.h"

namespace orrery::api::openapi {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* key) {
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

void put_text(std::string& out, uint32_t tag, const json& object, const char* key) {
  std::string text = text_of(object, key);
  if (!text.empty()) put_bytes_field(out, tag, text);
}

// NamedX {name = 1, value = 2}
std::string named(std::string_view name, std::string_view value) {
  std::string out;
  put_bytes_field(out, 1, name);
  put_bytes_field(out, 2, value);
  return out;
}

// Any {value = 1 google.protobuf.Any, yaml = 2}; JSON is YAML.
std::string any(const json& value) {
  std::string out;
  put_bytes_field(out, 2, value.dump() + "\n");
  return out;
}

// vendor_extension: NamedAny for each "x-..." key
void put_extensions(std::string& out, uint32_t tag, const json& object) {
  for (const auto& item : object.items())
    if (starts_with(item.key(), "x-")) put_bytes_field(out, tag, named(item.key(), any(item.value())));
}

std::string schema(const json& s) {
  std::string out;
  put_text(out, 1, s, "$ref");
  put_text(out, 2, s, "format");
  put_text(out, 4, s, "description");
  if (s.contains("default")) put_bytes_field(out, 5, any(s["default"]));
  if (s.contains("required"))
    for (const json& name : s["required"]) put_bytes_field(out, 19, name.get<std::string>());
  if (s.contains("enum"))
    for (const json& value : s["enum"]) put_bytes_field(out, 20, any(value));
  auto additional = s.find("additionalProperties");
  if (additional != s.end()) {
    std::string item;
    if (additional->is_boolean())
      put_varint_field(item, 2, additional->get<bool>());
    else
      put_bytes_field(item, 1, schema(*additional));
    put_bytes_field(out, 21, item);
  }
  if (s.contains("type") && s["type"].is_string()) {
    std::string item;
    put_bytes_field(item, 1, s["type"].get<std::string>());
    put_bytes_field(out, 22, item);
  }
  if (s.contains("items") && s["items"].is_object()) {
    std::string item;
    put_bytes_field(item, 1, schema(s["items"]));
    put_bytes_field(out, 23, item);
  }
  if (s.contains("properties") && s["properties"].is_object()) {
    std::string properties;
    for (const auto& p : s["properties"].items()) put_bytes_field(properties, 1, named(p.key(), schema(p.value())));
    put_bytes_field(out, 25, properties);
  }
  put_extensions(out, 31, s);
  return out;
}

// ParametersItem {parameter = 1 {body_parameter = 1 | non_body_parameter = 2 {header 1, form 2, query 3, path 4}}}
std::string parameter_bytes(const json& p) {
  std::string in = text_of(p, "in"), inner, parameter, item;
  bool required = p.value("required", false);
  if (in == "body") {
    put_text(inner, 2, p, "name");
    put_bytes_field(inner, 3, in);
    if (required) put_varint_field(inner, 4, 1);
    put_bytes_field(inner, 5, schema(p["schema"]));
    put_bytes_field(parameter, 1, inner);
  } else {
    if (required) put_varint_field(inner, 1, 1);
    put_bytes_field(inner, 2, in);
    put_text(inner, 4, p, "name");
    put_text(inner, in == "path" ? 5 : 6, p, "type");
    std::string non_body;
    put_bytes_field(non_body, in == "path" ? 4 : 3, inner);
    put_bytes_field(parameter, 2, non_body);
  }
  put_bytes_field(item, 1, parameter);
  return item;
}

std::string operation_bytes(const json& o) {
  std::string out;
  put_text(out, 5, o, "operationId");
  for (const char* list : {"produces", "consumes"})
    if (o.contains(list))
      for (const json& type : o[list])
        put_bytes_field(out, std::string_view(list) == "produces" ? 6 : 7, type.get<std::string>());
  if (o.contains("parameters"))
    for (const json& p : o["parameters"]) put_bytes_field(out, 8, parameter_bytes(p));
  std::string responses;
  for (const auto& r : o["responses"].items()) {
    std::string response, value, item;
    put_text(response, 1, r.value(), "description");
    if (r.value().contains("schema")) {
      put_bytes_field(item, 1, schema(r.value()["schema"]));
      put_bytes_field(response, 2, item);
    }
    put_bytes_field(value, 1, response);
    put_bytes_field(responses, 1, named(r.key(), value));
  }
  put_bytes_field(out, 9, responses);
  put_extensions(out, 13, o);
  return out;
}

std::string path_item(const json& p) {
  struct Method {
    const char* name;
    uint32_t tag;
  };
  constexpr Method kMethods[] = {{"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}};
  std::string out;
  for (const Method& m : kMethods)
    if (p.contains(m.name)) put_bytes_field(out, m.tag, operation_bytes(p[m.name]));
  if (p.contains("parameters"))
    for (const json& q : p["parameters"]) put_bytes_field(out, 9, parameter_bytes(q));
  return out;
}

}  // namespace

std::string v2_to_protobuf(const json& document) {
  std::string out, info, paths, definitions;
  put_text(out, 1, document, "swagger");
  put_text(info, 1, document["info"], "title");
  put_text(info, 2, document["info"], "version");
  put_bytes_field(out, 2, info);
  for (const auto& p : document["paths"].items()) put_bytes_field(paths, 2, named(p.key(), path_item(p.value())));
  put_bytes_field(out, 8, paths);
  for (const auto& d : document["definitions"].items())
    put_bytes_field(definitions, 1, named(d.key(), schema(d.value())));
  put_bytes_field(out, 9, definitions);
  return out;
}

}  // namespace orrery::api::openapi
