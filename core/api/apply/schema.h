// How server-side apply sees a field: as one value, or made of parts that different managers can own.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/api/reflect.h"

namespace orrery::api {

enum class Relation : uint8_t {
  Leaf,     // scalars, atomic lists, maps and structs
  Struct,   // each field
  Map,      // each key
  ListMap,  // each item, known by its keys
  ListSet,  // each item, known by its value
};
Relation relation_of(const Field& f);
// What a type's values look like: its own fields, for custom resources those of their schema.
const TypeDesc& shape_of(const TypeDesc& type);
// The field of that name, or the one that takes any name; null: there is none.
const Field* member_of(const TypeDesc& type, std::string_view name);
// Types with structType=atomic: references and selectors.
bool is_atomic(const TypeDesc& type);

// "k:{"name":"web"}" of an item that is a tree; false when a key is missing and has no default (`missing` names it).
bool item_key(const Field& f, const nlohmann::json& item, std::string& out, std::string& missing);
// "v:"example.com/x""
std::string item_value(const nlohmann::json& item);
// The same for an item of a struct's list.
std::string item_element(const Field& f, const void* item);

}  // namespace orrery::api
