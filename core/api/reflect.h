// Descriptors: one table a type, from which everything about the type is interpreted - JSON and protobuf codecs,
// strict decoding, equality, patches, server-side apply, OpenAPI, explain. The structs and their tables are generated
// at build time from core/api/types/*.tsv by core/api/generate.py.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/base/list.h"
#include "core/base/quantity.h"
#include "core/base/time.h"

namespace orrery::api {

// intstr.IntOrString: a JSON number or a JSON string.
struct IntOrString {
  bool is_string = false;
  int32_t number = 0;
  Str text;
  static IntOrString of(int32_t n) { return {false, n, {}}; }
  static IntOrString of(Str s) { return {true, 0, std::move(s)}; }
  friend bool operator==(const IntOrString&, const IntOrString&) = default;
};

// Any JSON value, kept as compact JSON text (runtime.RawExtension, FieldsV1, apiextensions JSON). Empty: absent.
struct Raw {
  Str json;
  friend bool operator==(const Raw&, const Raw&) = default;
};

// How a field's value is held:  kind      C++ type
enum class Kind : uint8_t {
  Bool,         // bool
  Int32,        // int32_t
  Int64,        // int64_t
  Double,       // double
  String,       // Str (enumerations too)
  Bytes,        // Str, base64 in JSON
  Time,         // WallTime, seconds in JSON
  MicroTime,    // WallTime, microseconds in JSON
  Duration,     // orrery::Duration, Go duration text in JSON
  Quantity,     // orrery::Quantity
  IntOrString,  // api::IntOrString
  Raw,          // api::Raw
  StringList,   // List<Str> (only as a map's value)
  Struct,       // the struct that Field::type describes
};
// One: T. Optional: std::optional<T>, for structs Box<T>; Time, MicroTime and Raw are always One (unset means absent).
// List: List<T>. Map: Map<T>.
enum class Shape : uint8_t { One, Optional, List, Map };

enum FieldFlags : uint16_t {
  kInline = 1 << 0,      // an embedded struct (C++ base class): its fields stand beside ours in JSON; of Shape::Map:
                         // whatever members no other field names (custom resources)
  kOmitEmpty = 1 << 1,   // left out of JSON when empty
  kRequired = 1 << 2,    // listed as required in OpenAPI
  kMergePatch = 1 << 3,  // patchStrategy=merge (key in merge_key; none: a set of primitives)
  kRetainKeys = 1 << 4,  // patchStrategy=retainKeys
  kListAtomic = 1 << 5,
  kListSet = 1 << 6,
  kListMap = 1 << 7,    // keys in list_keys
  kMapAtomic = 1 << 8,  // mapType or structType atomic
  kOmitZero = 1 << 9,   // left out when Go's zero value, structs (times) too
  kPointer = 1 << 10,   // a pointer in Go: absent is left out by kOmitEmpty whatever its kind
};

struct TypeDesc;
class CustomType;

struct Field {
  std::string_view name;  // JSON name; for kInline the Go type's name
  Kind kind;
  Shape shape;
  uint16_t flags;
  uint16_t tag;                // protobuf field number, 0: none
  uint32_t offset;             // of the C++ member in the struct (for kInline of the base)
  const TypeDesc* type;        // for Kind::Struct
  const ElemOps* elem;         // for List, Map and Box: the element's (Map: the entry's) operations
  uint32_t map_value_offset;   // Map: of the value within its entry
  std::string_view merge_key;  // patchMergeKey
  std::string_view list_keys;  // comma separated
  std::string_view go_type;    // as in the table: enumerations are recognised by it
  bool has(FieldFlags f) const { return (flags & f) != 0; }
};

struct TypeDesc {
  std::string_view name;           // "Pod"
  std::string_view group_version;  // "core/v1", the package of the type table
  std::string_view openapi_name;   // "io.k8s.api.core.v1.Pod"
  const Field* fields;
  uint32_t field_count;
  ElemOps ops;
  bool has_type_meta;                  // apiVersion and kind stand in its JSON (they are not stored: see KindInfo)
  bool has_object_meta;                // metadata is an ObjectMeta, at offset 0
  bool has_list_meta;                  // metadata is a ListMeta, at offset 0
  const CustomType* custom = nullptr;  // set for the types of custom resources: see core/api/custom
  const Field* begin() const { return fields; }
  const Field* end() const { return fields + field_count; }
  // The field of that JSON name, looking into embedded structs too; `at` moves to the struct that holds it.
  const Field* find(std::string_view json_name, const void** at = nullptr) const;
  // The field that takes members of any other name, or null.
  const Field* rest() const;
};

// desc<T>() is specialised for each generated struct.
template <class T>
const TypeDesc& desc();

// Deep equality by descriptor ("Semantic.DeepEqual": nil and empty are the same, quantities by amount).
bool equal(const TypeDesc& type, const void* a, const void* b);
template <class T>
bool equal(const T& a, const T& b) {
  return equal(desc<T>(), &a, &b);
}

// All generated types, sorted by group version, then name.
struct TypeTable {
  const TypeDesc* const* begin_;
  const TypeDesc* const* end_;
  const TypeDesc* const* begin() const { return begin_; }
  const TypeDesc* const* end() const { return end_; }
};
TypeTable all_types();
const TypeDesc* find_type(std::string_view group_version, std::string_view name);

// String enumerations of the type table: the values Kubernetes defines for a Go type, or null.
struct EnumDesc {
  std::string_view group_version;
  std::string_view name;
  const std::string_view* values;
  uint32_t count;
};
const EnumDesc* find_enum(std::string_view group_version, std::string_view go_type);

}  // namespace orrery::api
