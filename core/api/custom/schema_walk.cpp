// Pruning and defaulting by a structural schema.
#include "core/api/custom/schema.h"
#include "core/api/gen/meta_v1.h"
#include "core/base/text.h"

namespace orrery::api {

using nlohmann::json;

namespace {

constexpr size_t kNotesMax = 100;

struct Pruner {
  std::vector<std::string>* notes;

  void note(const std::string& path) {
    if (notes && notes->size() < kNotesMax) notes->push_back(cat("unknown field \"", path, "\""));
  }

  // Of an object within the object; the outer one's is decoded by its table. Source: apiextensions-apiserver
  // pkg/apiserver/schema/objectmeta/algorithm.go.
  void metadata(json& v, const std::string& path) {
    if (!v.is_object()) return;
    for (auto it = v.begin(); it != v.end();) {
      if (desc<meta_v1::ObjectMeta>().find(it.key())) {
        ++it;
      } else {
        note(cat(path, ".", it.key()));
        it = v.erase(it);
      }
    }
  }

  void value(const Schema& s, json& v, const std::string& path, bool whole) {
    if (v.is_array()) {
      size_t i = 0;
      for (json& item : v) {
        if (s.items) value(*s.items, item, cat(path, "[", i, "]"), false);
        ++i;
      }
      return;
    }
    if (!v.is_object()) return;
    bool own_meta = whole || s.embedded;
    for (auto it = v.begin(); it != v.end();) {
      std::string below = path.empty() ? it.key() : cat(path, ".", it.key());
      auto known = s.properties.find(it.key());
      if (own_meta && (it.key() == "apiVersion" || it.key() == "kind" || it.key() == "metadata")) {
        if (s.embedded && it.key() == "metadata") metadata(*it, below);
        ++it;
      } else if (known != s.properties.end()) {
        value(known->second, *it, below, false);
        ++it;
      } else if (s.additional) {
        value(*s.additional, *it, below, false);
        ++it;
      } else if (s.preserve_unknown || s.additional_any) {
        ++it;
      } else {
        note(below);
        it = v.erase(it);
      }
    }
  }
};

bool has_default(const Schema& s) { return !s.otherwise.is_discarded(); }

void fill(const Schema& s, json& v) {
  if (v.is_array()) {
    if (s.items)
      for (json& item : v) {
        if (item.is_null() && !s.items->nullable && has_default(*s.items)) item = s.items->otherwise;
        fill(*s.items, item);
      }
    return;
  }
  if (!v.is_object()) return;
  for (const auto& [name, child] : s.properties) {
    auto it = v.find(name);
    bool empty = it == v.end() || (it->is_null() && !child.nullable);
    if (empty && has_default(child)) v[name] = child.otherwise;
    if (it = v.find(name); it != v.end()) fill(child, *it);
  }
  if (!s.additional) return;
  for (auto& item : v.items()) {
    if (s.properties.count(item.key())) continue;
    if (item.value().is_null() && !s.additional->nullable && has_default(*s.additional))
      item.value() = s.additional->otherwise;
    fill(*s.additional, item.value());
  }
}

}  // namespace

void prune(const Schema& root, json& object, std::vector<std::string>* unknown) {
  Pruner{unknown}.value(root, object, "", true);
}

void set_schema_defaults(const Schema& root, json& object) { fill(root, object); }

}  // namespace orrery::api
