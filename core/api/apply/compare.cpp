#include "core/api/apply/compare.h"

#include <nlohmann/json.hpp>
#include <set>

#include "core/api/access.h"
#include "core/api/apply/schema.h"
#include "core/api/custom/custom_type.h"

namespace orrery::api {
namespace {

struct Walker {
  Changes& out;
  FieldSet::Path path;

  // Is the field there in JSON?
  static bool present(const Field& f, const void* at) {
    if (!at) return false;
    if (!f.has(kOmitEmpty)) return true;
    bool go_struct = f.shape == Shape::One && !f.has(kPointer) &&
                     (f.kind == Kind::Time || f.kind == Kind::MicroTime || f.kind == Kind::Raw);
    return (go_struct && !f.has(kOmitZero)) || !is_empty(f, at);
  }

  void one_sided(bool before, bool after) {
    if (!before) out.added.insert(path);
    if (!after) out.removed.insert(path);
  }

  // Either object may be null.
  void structs(const TypeDesc& type, const void* a, const void* b) {
    for (const Field& f : type) {
      const void* x = a ? member(a, f) : nullptr;
      const void* y = b ? member(b, f) : nullptr;
      if (f.has(kInline)) {
        if (f.type) structs(*f.type, x, y);
        continue;
      }
      if (!present(f, x)) x = nullptr;
      if (!present(f, y)) y = nullptr;
      if (x == y || (x && y && equal_field(f, x, y))) continue;
      path.push_back("f:" + std::string(f.name));
      field(f, x, y);
      path.pop_back();
    }
  }

  // At least one side is there.
  void field(const Field& f, const void* x, const void* y) {
    Relation relation = relation_of(f);
    if (relation == Relation::Leaf) {
      if (x && y)
        out.modified.insert(path);
      else
        one_sided(x, y);
      return;
    }
    if (!x || !y) one_sided(x, y);
    switch (relation) {
      case Relation::Struct:
        structs(*f.type, value_of(f, x), value_of(f, y));
        break;
      case Relation::Map:
        maps(f, x, y);
        break;
      case Relation::ListMap:
      case Relation::ListSet:
        lists(f, x, y);
        break;
      case Relation::Leaf:
        break;
    }
  }

  static const void* value_of(const Field& f, const void* at) {
    return at && f.shape == Shape::Optional ? optional_get(f, at) : at;
  }

  void item(const Field& f, const void* x, const void* y) {
    if (x && y && equal_value(f.kind, f.type, x, y)) return;
    if (f.kind == Kind::Struct && !is_atomic(*f.type)) {
      if (!x || !y) one_sided(x, y);
      structs(*f.type, x, y);
    } else if (x && y) {
      out.modified.insert(path);
    } else {
      one_sided(x, y);
    }
  }

  void maps(const Field& f, const void* x, const void* y) {
    static const ListBase kNone;
    const ListBase& a = x ? as_list(x) : kNone;
    const ListBase& b = y ? as_list(y) : kNone;
    uint32_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
      const void* p = i < a.size() ? a.raw_at(i) : nullptr;
      const void* q = j < b.size() ? b.raw_at(j) : nullptr;
      if (p && q && !(entry_key(p) == entry_key(q))) (entry_key(p) < entry_key(q) ? q : p) = nullptr;
      path.push_back("f:" + entry_key(p ? p : q).str());
      item(f, p ? entry_value(f, p) : nullptr, q ? entry_value(f, q) : nullptr);
      path.pop_back();
      i += p != nullptr;
      j += q != nullptr;
    }
  }

  void lists(const Field& f, const void* x, const void* y) {
    std::map<std::string, std::pair<const void*, const void*>> items;
    for (uint32_t i = 0; x && i < as_list(x).size(); ++i)
      items[item_element(f, as_list(x).raw_at(i))].first = as_list(x).raw_at(i);
    for (uint32_t i = 0; y && i < as_list(y).size(); ++i)
      items[item_element(f, as_list(y).raw_at(i))].second = as_list(y).raw_at(i);
    for (const auto& [key, sides] : items) {
      path.push_back(key);
      item(f, sides.first, sides.second);
      path.pop_back();
    }
  }
};

// The same for JSON trees, by the shape of their schema.
struct TreeWalker {
  using json = nlohmann::json;
  Changes& out;
  FieldSet::Path path;

  void one_sided(const json* a, const json* b) {
    if (!a) out.added.insert(path);
    if (!b) out.removed.insert(path);
  }

  static const json* member(const json* v, const std::string& name) {
    if (!v || !v->is_object()) return nullptr;
    auto it = v->find(name);
    return it == v->end() ? nullptr : &*it;
  }

  void structs(const TypeDesc& type, const json* a, const json* b) {
    std::set<std::string> names;
    for (const json* side : {a, b})
      if (side && side->is_object())
        for (const auto& item : side->items()) names.insert(item.key());
    for (const std::string& name : names) {
      const Field* f = member_of(type, name);
      if (f) child("f:" + name, *f, member(a, name), member(b, name), false);
    }
  }

  // `item`: one of the field's elements, else the field as a whole.
  void child(std::string element, const Field& f, const json* a, const json* b, bool item) {
    if (a && b && *a == *b) return;
    path.push_back(std::move(element));
    Relation relation = relation_of(f);
    if (item) relation = f.kind == Kind::Struct && !is_atomic(*f.type) ? Relation::Struct : Relation::Leaf;
    if (relation == Relation::Leaf) {
      if (a && b)
        out.modified.insert(path);
      else
        one_sided(a, b);
    } else {
      if (!a || !b) one_sided(a, b);
      if (relation == Relation::Struct)
        structs(*f.type, a, b);
      else
        elements(f, a, b, relation);
    }
    path.pop_back();
  }

  void elements(const Field& f, const json* a, const json* b, Relation relation) {
    std::map<std::string, std::pair<const json*, const json*>> items;
    auto take = [&](const json* side, auto which) {
      if (!side) return;
      if (relation == Relation::Map && side->is_object())
        for (const auto& item : side->items()) items["f:" + item.key()].*which = &item.value();
      if (relation == Relation::Map || !side->is_array()) return;
      for (const json& item : *side) {
        std::string key = item_value(item), missing;
        if (relation == Relation::ListMap && !item_key(f, item, key, missing)) continue;
        items[key].*which = &item;
      }
    };
    take(a, &std::pair<const json*, const json*>::first);
    take(b, &std::pair<const json*, const json*>::second);
    for (const auto& [key, sides] : items) child(key, f, sides.first, sides.second, true);
  }
};

}  // namespace

Changes compare_objects(const TypeDesc& type, const void* before, const void* after) {
  Changes out;
  Walker{out, {}}.structs(type, before, after);
  if (type.custom && type.has_object_meta) {
    auto rest = [](const void* object) { return rest_of(*static_cast<const CustomObject*>(object)); };
    nlohmann::json a = rest(before), b = rest(after);
    TreeWalker{out, {}}.structs(shape_of(type), &a, &b);
  }
  return out;
}

}  // namespace orrery::api
