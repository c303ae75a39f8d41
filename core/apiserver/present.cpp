#include "core/apiserver/present.h"

#include "core/api/json.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/printers/printers.h"

namespace orrery::apiserver {

namespace {

using As = Accept::As;

// includeObject=None|Metadata|Object: what a Table's row carries.
std::string_view include_of(const CallRecord& call) {
  Str include = call.request->param("includeObject");
  return include == "None" ? "None" : include == "Object" ? "Object" : "Metadata";
}

void partial_metadata(const api::ObjectPtr& object, std::string_view version, std::string& out) {
  out += cat("{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/", version, "\",\"metadata\":");
  api::encode_json(api::desc<api::meta_v1::ObjectMeta>(), &object.meta(), {}, out);
  out += '}';
}

void table_row(const CallRecord& call, const api::ObjectPtr& object, WallTime now, std::string& out) {
  out += "{\"cells\":[";
  print_cells(object, now, out);
  out += ']';
  print_conditions(object, out);
  std::string_view include = include_of(call);
  if (include != "None") {
    out += ",\"object\":";
    if (include == "Object")
      write_object(object, out);
    else
      partial_metadata(object, call.accept.v1beta1 ? "v1beta1" : "v1", out);
  }
  out += '}';
}

std::string table_head(const CallRecord& call, const api::meta_v1::ListMeta& meta, bool columns) {
  std::string out = cat("{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/", call.accept.v1beta1 ? "v1beta1" : "v1",
                        "\",\"metadata\":");
  api::encode_json(api::desc<api::meta_v1::ListMeta>(), &meta, {}, out);
  out += ",\"columnDefinitions\":";
  if (columns)
    print_columns(*call.info.kind->type, out);
  else
    out += "null";
  out += ",\"rows\":[";
  return out;
}

}  // namespace

void present_object(const CallRecord& call, const api::ObjectPtr& object, WallTime now, bool head, std::string& out) {
  bool has_meta = object.type().has_object_meta;
  if (call.accept.as == As::Table && has_meta) {
    api::meta_v1::ListMeta meta;
    meta.resourceVersion = object.meta().resourceVersion;
    out += table_head(call, meta, head);
    table_row(call, object, now, out);
    out += "]}";
  } else if (call.accept.as != As::Object && has_meta) {
    partial_metadata(object, call.accept.v1beta1 ? "v1beta1" : "v1", out);
  } else {
    write_object(object, out);
  }
}

void present(const CallRecord& call, Answer& answer, WallTime now) {
  if (call.request->want_object || call.accept.as == As::Object || !answer.object) return;
  std::string json;
  present_object(call, answer.object, now, true, json);
  answer.body = Str(finish_json(std::move(json), call.accept));
  answer.content_type = Str(content_type_of(call.accept));
}

std::string present_list_head(const CallRecord& call, const api::meta_v1::ListMeta& meta) {
  if (call.accept.as == As::Table) return table_head(call, meta, true);
  if (call.accept.as == As::Object) return list_head(*call.info.kind, meta);
  std::string out = cat("{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/",
                        call.accept.v1beta1 ? "v1beta1" : "v1", "\",\"metadata\":");
  api::encode_json(api::desc<api::meta_v1::ListMeta>(), &meta, {}, out);
  out += ",\"items\":[";
  return out;
}

void present_list_item(const CallRecord& call, const api::ObjectPtr& object, WallTime now, bool first,
                       std::string& out) {
  if (!first) out += ',';
  if (call.accept.as == As::Table)
    table_row(call, object, now, out);
  else if (call.accept.as != As::Object)
    partial_metadata(object, call.accept.v1beta1 ? "v1beta1" : "v1", out);
  else if (object.type().custom)
    write_object(object, out);  // unstructured: each item says what it is
  else
    api::encode_json(object.type(), object.data(), {}, out);
}

}  // namespace orrery::apiserver
