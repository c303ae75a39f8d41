// JSON codec: one interpreter over descriptors, with Go's output and Kubernetes' words for what is wrong in input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/kinds.h"
#include "core/api/object.h"
#include "core/base/result.h"
#include "core/base/str_pool.h"

namespace orrery::api {

// apiVersion and kind, which stand in the JSON but not in the structs.
struct TypeMeta {
  Str api_version;
  Str kind;
  friend bool operator==(const TypeMeta&, const TypeMeta&) = default;
};

// What Kubernetes writes for that type: ("apps/v1", "Deployment"), ("v1", "PodList"), ("meta.k8s.io/v1", "Table").
// Empty for types without TypeMeta.
TypeMeta type_meta_of(const TypeDesc& type);

// Appends compact JSON as Go's encoding/json prints it: fields in struct order, "kind" and "apiVersion" first when the
// type has them (from `meta`), maps by key, <, > and & escaped.
void encode_json(const TypeDesc& type, const void* object, const TypeMeta& meta, std::string& out);
// With the TypeMeta of the object's type.
std::string to_json(const ObjectPtr& object);
template <class T>
std::string to_json(const T& object) {
  std::string out;
  encode_json(desc<T>(), &object, type_meta_of(desc<T>()), out);
  return out;
}
// A JSON string literal of text; invalid UTF-8 becomes U+FFFD as in Go.
void append_json_string(std::string& out, std::string_view text);

// What ?fieldValidation= asks for.
enum class FieldValidation : uint8_t { Ignore, Warn, Strict };

// Found while decoding, in order, each once, at most 100: `unknown field "spec.foo"`, `duplicate field "spec.bar"`.
// Warn sends each as a Warning header; Strict fails with strict_error().
struct DecodeNotes {
  TypeMeta meta;  // as found in the text
  std::vector<std::string> strict;
  StrPool* pool = nullptr;  // in: where texts that many objects have are kept once; may be null
};
// `strict decoding error: unknown field "spec.foo", duplicate field "spec.bar"`
Error strict_error(const std::vector<std::string>& strict);

inline constexpr int kJsonDepthMax = 200;  // nested objects and lists, in requests

// Decodes into a value-initialised object. Names are case-sensitive; unknown fields are skipped and noted.
// Errors are BadRequest with Go's wording: "json: cannot unmarshal string into Go struct field ...".
Result<void> decode_json(std::string_view text, const TypeDesc& type, void* into, DecodeNotes* notes = nullptr);
template <class T>
Result<T> from_json(std::string_view text, DecodeNotes* notes = nullptr) {
  T out;
  auto done = decode_json(text, desc<T>(), &out, notes);
  if (!done) return done.error();
  return out;
}
Result<ObjectPtr> object_from_json(std::string_view text, const TypeDesc& type, DecodeNotes* notes = nullptr);
// By apiVersion and kind in the text: any served kind or list of it. Errors: "couldn't get version/kind; json parse
// error: ...", `Object 'Kind' is missing in '...'`, `no kind "X" is registered for version "v1"`.
Result<ObjectPtr> any_object_from_json(std::string_view text, DecodeNotes* notes = nullptr);
// Reads only apiVersion and kind at the top.
Result<TypeMeta> read_type_meta(std::string_view text);

// The API server's answer to a body that could not be decoded (apiserver transformDecodeError):
// `Pod in version "v1" cannot be handled as a Pod: ...`
Error body_error(const TypeMeta& found, std::string_view expected_kind, const Error& cause, std::string_view body);

// Checks and compacts one JSON value (for Raw): white space goes, numbers keep their text.
Result<Str> compact_json(std::string_view text);

}  // namespace orrery::api
