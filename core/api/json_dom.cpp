#include "core/api/json_dom.h"

#include <nlohmann/json.hpp>

#include "core/api/json_words.h"

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

namespace {

// Builds the tree and sees keys that come twice, which nlohmann's own builder overwrites in silence.
struct DomBuilder {
  std::string_view text;
  std::vector<std::string>* duplicates;
  struct Level {
    json value;
    std::string key;
  };
  std::vector<Level> stack;
  json result;
  std::string error;

  bool put(json value) {
    if (stack.empty()) {
      result = std::move(value);
    } else if (stack.back().value.is_array()) {
      stack.back().value.push_back(std::move(value));
    } else {
      stack.back().value[stack.back().key] = std::move(value);
    }
    return true;
  }
  bool open(json value) {
    if (stack.size() >= static_cast<size_t>(kJsonDepthMax)) {
      error = "exceeded max depth";
      return false;
    }
    stack.push_back({std::move(value), {}});
    return true;
  }
  bool close() {
    json done = std::move(stack.back().value);
    stack.pop_back();
    return put(std::move(done));
  }
  bool null() { return put(nullptr); }
  bool boolean(bool v) { return put(v); }
  bool number_integer(int64_t v) { return put(v); }
  bool number_unsigned(uint64_t v) { return put(v); }
  bool number_float(double v, const std::string&) { return put(v); }
  bool string(std::string& v) { return put(std::move(v)); }
  bool binary(json::binary_t&) { return false; }
  bool start_object(size_t) { return open(json::object()); }
  bool start_array(size_t) { return open(json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& v) {
    stack.back().key = v;
    if (duplicates && stack.back().value.contains(v)) note();
    return true;
  }
  void note() {
    std::string path;
    for (const Level& level : stack) {
      if (level.value.is_array())
        path += cat("[", level.value.size(), "]");
      else
        path += (path.empty() ? "" : ".") + level.key;
    }
    std::string said = cat("duplicate field \"", path, "\"");
    for (const std::string& d : *duplicates)
      if (d == said) return;
    duplicates->push_back(std::move(said));
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& ex) {
    if (error.empty()) error = go_syntax_error(text, position, ex.what());
    return false;
  }
};

}  // namespace

Result<json> parse_dom(std::string_view text, std::vector<std::string>* duplicates) {
  DomBuilder builder;
  builder.text = text;
  builder.duplicates = duplicates;
  if (!json::sax_parse(text.data(), text.data() + text.size(), &builder))
    return make_error(Reason::BadRequest, builder.error);
  return std::move(builder.result);
}

}  // namespace orrery::api
