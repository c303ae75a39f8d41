// Custom resources. Source: apiextensions-apiserver pkg/registry/customresource/tableconvertor/tableconvertor.go
#include <nlohmann/json.hpp>

#include "core/api/custom/custom_type.h"
#include "core/api/json_dom.h"
#include "core/api/jsonpath.h"
#include "core/apiserver/printers/printer.h"

namespace orrery::apiserver {

namespace {

using nlohmann::json;

const std::vector<api::PrinterColumn>& columns_of(const api::CustomType& type) {
  static const std::vector<api::PrinterColumn> only_age = {
      {"Age", "date", "",
       "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
       "guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is "
       "represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: "
       "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
       ".metadata.creationTimestamp", 0}};
  return type.columns().empty() ? only_age : type.columns();
}

void column(std::string_view name, std::string_view type, std::string_view format, std::string_view description,
            int priority, std::string& out) {
  out += json{{"name", name}, {"type", type}, {"format", format}, {"description", description}, {"priority", priority}}
             .dump();
}

void cell(const api::PrinterColumn& c, const json& v, WallTime now, Cells& out) {
  WallTime time;
  if (c.type == "string")
    out.text(api::jsonpath_text(v));
  else if (c.type == "integer" && v.is_number())
    out.number(v.is_number_integer() ? v.get<int64_t>() : static_cast<int64_t>(v.get<double>()));
  else if (c.type == "number" && v.is_number())
    out.literal(v.dump());
  else if (c.type == "boolean" && v.is_boolean())
    out.boolean(v.get<bool>());
  else if (c.type == "date" && v.is_string())
    out.text(parse_rfc3339(v.get<std::string>(), time) ? age_text(time, now) : "<invalid>");
  else
    out.nothing();
}

}  // namespace

void custom_columns(const api::CustomType& type, std::string& out) {
  out += '[';
  column(
      "Name", "string", "name",
      "Name must be unique within a namespace. Is required when creating resources, although some resources may allow "
      "a "
      "client to request the generation of an appropriate name automatically. Name is primarily intended for creation "
      "idempotence and configuration definition. Cannot be updated. More info: "
      "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names",
      0, out);
  for (const api::PrinterColumn& c : columns_of(type)) {
    out += ',';
    column(c.name, c.type, c.format, c.description, c.priority, out);
  }
  out += ']';
}

void custom_cells(const api::ObjectPtr& object, WallTime now, Cells& out) {
  out.text(object.meta().name);
  json dom = api::to_dom(object);
  for (const api::PrinterColumn& c : columns_of(*object.type().custom)) {
    std::string error;
    std::vector<const json*> found = api::at_path(dom, c.path, error);
    if (found.empty() || !error.empty() || found[0]->is_null())
      out.nothing();
    else
      cell(c, *found[0], now, out);
  }
}

}  // namespace orrery::apiserver
