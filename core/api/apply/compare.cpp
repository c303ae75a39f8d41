#include "core/api/apply/compare.h"

#include <nlohmann/json_fwd.hpp>

#include "core/api/access.h"
#include "core/api/apply/schema.h"

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
        structs(*f.type, x, y);
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
      case Relation::Map: maps(f, x, y); break;
      case Relation::ListMap:
      case Relation::ListSet: lists(f, x, y); break;
      case Relation::Leaf: break;
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

}  // namespace

Changes compare_objects(const TypeDesc& type, const void* before, const void* after) {
  Changes out;
  Walker{out, {}}.structs(type, before, after);
  return out;
}

}  // namespace orrery::api
