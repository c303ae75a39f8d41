#include "core/apiserver/codec.h"

#include "core/api/access.h"
#include "core/api/json.h"
#include "core/api/protobuf.h"
#include "core/api/yaml.h"
#include "core/apiserver/errors.h"

namespace orrery::apiserver {

namespace {

Result<void> decode(const CallRecord& call, const api::TypeDesc& type, void* into, api::DecodeNotes* notes,
                    std::string* json) {
  auto format = body_format(*call.request);
  if (!format.ok()) return format.error();
  const Str& body = call.request->body;
  if (format->format == Body::Format::Protobuf && type.custom)
    return unsupported_media_type("application/json, application/yaml");
  if (format->format == Body::Format::Protobuf) {
    auto envelope = api::open_protobuf(body);
    if (!envelope.ok()) return envelope.error();
    if (notes) notes->meta = envelope->meta;
    return api::decode_protobuf(envelope->raw, type, into, call.texts);
  }
  if (format->format == Body::Format::Yaml) {
    auto text = api::yaml_to_json(body, call.query.field_validation == api::FieldValidation::Strict);
    if (!text.ok()) return text.error();
    *json = std::move(*text);
    return api::decode_json(*json, type, into, notes);
  }
  return api::decode_json(body, type, into, notes);
}

}  // namespace

Result<api::MutableObject> read_body(CallRecord& call, const api::TypeDesc& type, std::string_view kind) {
  const ports::ApiRequest& request = *call.request;
  if (request.object) {
    if (&request.object.type() != &type)
      return bad_request(
          cat("the object provided is unrecognized (must be of type ", kind, "): ", request.object.type().name));
    return api::MutableObject(request.object);
  }
  api::MutableObject out(type);
  api::DecodeNotes notes;
  notes.pool = call.texts;
  std::string json;
  auto done = decode(call, type, out.data(), &notes, &json);
  if (!done.ok()) {
    if (done.error().reason != Reason::BadRequest) return done.error();
    return api::body_error(notes.meta, kind, done.error(), request.body);
  }
  api::TypeMeta expected = api::type_meta_of(type);
  // What the body leaves out is taken from the URL (apimachinery serializer/json: gvkWithDefaults).
  if (notes.meta.kind.empty()) notes.meta.kind = expected.kind;
  if (notes.meta.api_version.empty()) notes.meta.api_version = expected.api_version;
  if (!(notes.meta == expected))
    return bad_request(cat("the API version in the data (", notes.meta.api_version,
                           ") does not match the expected API version (", expected.api_version, ")"));
  if (!notes.strict.empty()) {
    if (call.query.field_validation == api::FieldValidation::Strict) {
      Error e = api::strict_error(notes.strict);
      return api::body_error(notes.meta, kind, e, request.body);
    }
    if (call.query.field_validation == api::FieldValidation::Warn)
      for (const std::string& w : notes.strict) call.warnings.push_back(Str(w));
  }
  return out;
}

Result<api::MutableObject> read_options(const CallRecord& call, const api::TypeDesc& type) {
  if (call.request->object && &call.request->object.type() == &type) return api::MutableObject(call.request->object);
  api::MutableObject out(type);
  if (call.request->body.empty()) return out;
  std::string json;
  auto done = decode(call, type, out.data(), nullptr, &json);
  if (!done.ok()) return done.error();
  return out;
}

void write_object(const api::ObjectPtr& object, std::string& json) {
  api::encode_json(object.type(), object.data(), api::type_meta_of(object.type()), json);
}

std::string finish_json(std::string json, const Accept& accept) {
  if (accept.format == Accept::Format::Yaml) return api::json_to_yaml(json);
  json += '\n';
  return json;
}

std::string status_json(const Error& error) { return api::to_json(status_of(error)); }

std::string list_head(const api::KindInfo& kind, const api::meta_v1::ListMeta& meta) {
  std::string out =
      cat("{\"kind\":\"", kind.list_type->name, "\",\"apiVersion\":\"", kind.api_version(), "\",\"metadata\":");
  api::encode_json(api::desc<api::meta_v1::ListMeta>(), &meta, {}, out);
  out += ",\"items\":[";
  return out;
}

api::ObjectPtr typed_list(const api::KindInfo& kind, const std::vector<api::ObjectPtr>& objects,
                          const api::meta_v1::ListMeta& meta) {
  api::MutableObject list(*kind.list_type);
  *static_cast<api::meta_v1::ListMeta*>(list.data()) = meta;
  const api::Field* items = kind.list_type->find("items");
  ListBase& base = api::as_list(api::member(list.data(), *items));
  base.raw_reserve(static_cast<uint32_t>(objects.size()), *items->elem);
  for (const api::ObjectPtr& object : objects) {
    void* at = base.raw_insert(base.size(), *items->elem);
    items->elem->destroy(at);
    items->elem->copy(at, object.data());
  }
  return std::move(list).freeze();
}

}  // namespace orrery::apiserver
