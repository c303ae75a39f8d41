// Reading JSON without a type: apiVersion and kind, raw values, and the errors of request bodies.
#include <nlohmann/json.hpp>

#include "core/api/json.h"
#include "core/api/json_raw.h"
#include "core/api/json_words.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using json = nlohmann::json;

// Collects everything as one raw value.
struct Collector {
  std::string_view text;
  RawText raw;
  Str out;
  int depth = 0;
  std::string error;

  bool scalar(std::string_view token) {
    if (raw.open())
      raw.scalar(token);
    else
      out = token;
    return true;
  }
  bool null() { return scalar("null"); }
  bool boolean(bool v) { return scalar(v ? "true" : "false"); }
  bool number_integer(int64_t v) { return scalar(std::to_string(v)); }
  bool number_unsigned(uint64_t v) { return scalar(std::to_string(v)); }
  bool number_float(double, const std::string& token) { return scalar(token); }
  bool string(std::string& v) {
    if (raw.open()) return raw.string(v), true;
    std::string quoted_text;
    append_json_string(quoted_text, v);
    return scalar(quoted_text);
  }
  bool binary(json::binary_t&) { return false; }
  bool open(char bracket) {
    if (++depth > kJsonDepthMax) {
      error = "exceeded max depth";
      return false;
    }
    if (raw.open())
      raw.start(bracket);
    else
      raw.keep(bracket, &out);
    return true;
  }
  bool start_object(size_t) { return open('{'); }
  bool start_array(size_t) { return open('['); }
  bool key(std::string& v) { return raw.key(v), true; }
  bool end_object() { return --depth, raw.end('}'), true; }
  bool end_array() { return --depth, raw.end(']'), true; }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& ex) {
    if (error.empty()) error = go_syntax_error(text, position, ex.what());
    return false;
  }
};

// Stops as soon as both names were read.
struct MetaReader {
  std::string_view text;
  TypeMeta meta;
  int depth = 0;
  int wanted = 0;  // 1 kind, 2 apiVersion
  int found = 0;
  std::string error;

  bool other(const char* what) {
    if (depth == 0 && error.empty())
      error = cat("json: cannot unmarshal ", what, " into Go value of type struct { APIVersion string "
                  "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }");
    else if (depth == 1 && wanted)
      error = cat("json: cannot unmarshal ", what, " into Go struct field .", wanted == 1 ? "kind" : "apiVersion",
                  " of type string");
    wanted = 0;
    return error.empty();
  }
  bool null() { return wanted = 0, true; }
  bool boolean(bool) { return other("bool"); }
  bool number_integer(int64_t) { return other("number"); }
  bool number_unsigned(uint64_t) { return other("number"); }
  bool number_float(double, const std::string&) { return other("number"); }
  bool string(std::string& v) {
    if (depth == 1 && wanted) {
      (wanted == 1 ? meta.kind : meta.api_version) = v;
      wanted = 0;
      return ++found < 2;
    }
    return depth > 0 || other("string");
  }
  bool binary(json::binary_t&) { return false; }
  bool start_object(size_t) {
    if (depth == 1 && wanted) return other("object");
    return ++depth <= kJsonDepthMax;
  }
  bool start_array(size_t) {
    if (depth == 0 || (depth == 1 && wanted)) return other("array");
    return ++depth <= kJsonDepthMax;
  }
  bool key(std::string& v) {
    wanted = depth != 1 ? 0 : v == "kind" ? 1 : v == "apiVersion" ? 2 : 0;
    return true;
  }
  bool end_object() { return --depth, true; }
  bool end_array() { return --depth, true; }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& ex) {
    if (error.empty()) error = go_syntax_error(text, position, ex.what());
    return false;
  }
};

}  // namespace

void RawText::key(std::string_view name) {
  if (!into_) return;
  separate();
  append_json_string(text_, name);
  text_ += ':';
  comma_ = false;
}

void RawText::string(std::string_view text) {
  if (!into_) return;
  separate();
  append_json_string(text_, text);
  comma_ = true;
}

Result<Str> compact_json(std::string_view text) {
  Collector c;
  c.text = text;
  if (!json::sax_parse(text.data(), text.data() + text.size(), &c)) return make_error(Reason::BadRequest, c.error);
  return c.out;
}

Result<TypeMeta> read_type_meta(std::string_view text) {
  MetaReader r;
  r.text = text;
  json::sax_parse(text.data(), text.data() + text.size(), &r);
  if (!r.error.empty())
    return make_error(Reason::BadRequest, cat("couldn't get version/kind; json parse error: ", r.error));
  return r.meta;
}

Result<ObjectPtr> any_object_from_json(std::string_view text, DecodeNotes* notes) {
  auto meta = read_type_meta(text);
  if (!meta) return meta.error();
  if (meta->kind.empty()) return make_error(Reason::BadRequest, cat("Object 'Kind' is missing in '", text, "'"));
  if (meta->api_version.empty())
    return make_error(Reason::BadRequest, cat("Object 'apiVersion' is missing in '", text, "'"));
  const TypeDesc* type = nullptr;
  if (const KindInfo* k = find_kind(meta->api_version, meta->kind)) type = k->type;
  for (const KindInfo& k : all_kinds())
    if (!type && k.list_type && k.list_type->name == meta->kind.view() && k.api_version() == meta->api_version)
      type = k.list_type;
  for (const TypeDesc* t : all_types())
    if (!type && t->has_type_meta && t->name == meta->kind.view() && type_meta_of(*t) == *meta) type = t;
  if (!type)
    return make_error(Reason::BadRequest, cat("no kind ", orrery::quoted(meta->kind), " is registered for version ",
                                              orrery::quoted(meta->api_version)));
  return object_from_json(text, *type, notes);
}

Error body_error(const TypeMeta& found, std::string_view expected_kind, const Error& cause, std::string_view body) {
  if (!found.kind.empty()) {
    std::string_view version = found.api_version;
    size_t slash = version.find('/');
    if (slash != std::string_view::npos) version.remove_prefix(slash + 1);
    return make_error(Reason::BadRequest, cat(found.kind, " in version ", orrery::quoted(version),
                                              " cannot be handled as a ", expected_kind, ": ", cause.message));
  }
  std::string summary;  // the first 30 bytes: as text when it looks like JSON, else in hexadecimal
  bool text = !body.empty() && body[0] == '{';
  for (unsigned char c : body.substr(0, 30)) {
    if (text) {
      summary += static_cast<char>(c);
    } else {
      summary += "0123456789abcdef"[c >> 4];
      summary += "0123456789abcdef"[c & 15];
    }
  }
  if (body.empty()) summary = "<empty>";
  if (body.size() > 30) summary += " ...";
  return make_error(Reason::BadRequest, cat("the object provided is unrecognized (must be of type ", expected_kind,
                                            "): ", cause.message, " (", summary, ")"));
}

}  // namespace orrery::api
