// Reading and writing values through descriptors: what every interpreter over TypeDesc shares.
#pragma once

#include "core/api/reflect.h"

namespace orrery::api {

inline const void* member(const void* object, const Field& f) { return static_cast<const char*>(object) + f.offset; }
inline void* member(void* object, const Field& f) { return static_cast<char*>(object) + f.offset; }

// A value of Shape::One, an element or a map's value, read as its C++ type.
template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}
template <class T>
T& as(void* value) {
  return *static_cast<T*>(value);
}

inline const ListBase& as_list(const void* at) { return *static_cast<const ListBase*>(at); }
inline ListBase& as_list(void* at) { return *static_cast<ListBase*>(at); }

// Map entries: key first (see MapEntry).
inline const Str& entry_key(const void* entry) { return *static_cast<const Str*>(entry); }
inline const void* entry_value(const Field& f, const void* entry) {
  return static_cast<const char*>(entry) + f.map_value_offset;
}
inline void* entry_value(const Field& f, void* entry) { return static_cast<char*>(entry) + f.map_value_offset; }

// The value of a field of Shape::Optional, or null when it is absent.
const void* optional_get(const Field& f, const void* at);
// The value of a field of Shape::Optional for writing; made if absent.
void* optional_mut(const Field& f, void* at);
void optional_clear(const Field& f, void* at);

// Position of the first entry with a key not below `key`; the entry holds `key` itself when `found`.
uint32_t map_lower_bound(const ListBase& map, std::string_view key, bool& found);
// The value at key of a field of Shape::Map, made if absent.
void* map_mut(const Field& f, void* at, Str key);

// Go's "empty" of omitempty for a field's storage: false, 0, "", no elements, absent. Structs are never empty.
bool is_empty(const Field& f, const void* at);
// Makes the field what a value-initialised struct holds.
void clear(const Field& f, void* at);

// Semantic equality of one value of that kind, and of a field's whole storage.
bool equal_field(const Field& f, const void* a, const void* b);
bool equal_value(Kind kind, const TypeDesc* type, const void* a, const void* b);

// fn(field, struct that holds it) for each field, looking through embedded structs. fn returns false to stop.
template <class Object, class Fn>
bool for_each_field(const TypeDesc& type, Object* object, Fn&& fn) {
  for (const Field& f : type) {
    if (f.has(kInline)) {
      if (!f.type) continue;
      if (!for_each_field(*f.type, member(object, f), fn)) return false;
    } else if (!fn(f, object)) {
      return false;
    }
  }
  return true;
}

}  // namespace orrery::api
