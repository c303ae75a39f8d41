#include "core/api/json_dom.h"

#include <nlohmann/json.hpp>

namespace orrery::api {

using nlohmann::json;

json to_dom(const TypeDesc& type, const void* object, const TypeMeta& meta) {
  std::string text;
  encode_json(type, object, meta, text);
  return json::parse(text, nullptr, false);
}

json to_dom(const ObjectPtr& object) { return to_dom(object.type(), object.data(), type_meta_of(object.type())); }

Result<void> from_dom(const json& dom, const TypeDesc& type, void* into, DecodeNotes* notes) {
  return decode_json(dom.dump(-1, ' ', false, json::error_handler_t::replace), type, into, notes);
}

Result<ObjectPtr> object_from_dom(const json& dom, const TypeDesc& type, DecodeNotes* notes) {
  MutableObject object(type);
  auto done = from_dom(dom, type, object.data(), notes);
  if (!done) return done.error();
  return std::move(object).freeze();
}

Result<json> parse_dom(std::string_view text) {
  auto compact = compact_json(text);
  if (!compact) return compact.error();
  json dom = json::parse(compact->view(), nullptr, false);
  if (dom.is_discarded()) return make_error(Reason::BadRequest, "unexpected end of JSON input");
  return dom;
}

}  // namespace orrery::api
