#include "core/api/apply/config.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/api/apply/schema.h"
#include "core/api/json.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using nlohmann::json;

bool is_meta(const TypeDesc& type, std::string_view key) {
  return type.has_type_meta && (key == "apiVersion" || key == "kind");
}

struct ConfigReader {
  FieldSet& out;
  FieldSet::Path path;
  std::string error;

  bool fail(std::string_view what) {
    if (error.empty()) error = cat(path_text(path), ": ", what);
    return false;
  }

  bool structs(const TypeDesc& type, const json& v) {
    if (!v.is_object()) return fail(cat("expected map, got &{", v.dump(), "}"));
    for (const auto& item : v.items()) {
      const Field* f = member_of(type, item.key());
      path.push_back("f:" + item.key());
      bool known = f || is_meta(type, item.key());
      if (!known && !fail("field not declared in schema")) return false;
      if (!f)
        out.insert(path);
      else if (!field(*f, item.value()))
        return false;
      path.pop_back();
    }
    return true;
  }

  bool field(const Field& f, const json& v) {
    Relation relation = relation_of(f);
    if (relation == Relation::Leaf || v.is_null()) {
      out.insert(path);
      return true;
    }
    switch (relation) {
      case Relation::Struct:
        if (v.empty()) out.insert(path);
        return structs(*f.type, v);
      case Relation::Map:
        if (!v.is_object()) return fail(cat("expected map, got &{", v.dump(), "}"));
        if (v.empty()) out.insert(path);
        for (const auto& item : v.items()) {
          path.push_back("f:" + item.key());
          if (f.kind == Kind::Struct && !is_atomic(*f.type) && item.value().is_object() &&
              !structs(*f.type, item.value()))
            return false;
          out.insert(path);
          path.pop_back();
        }
        return true;
      case Relation::ListMap:
      case Relation::ListSet:
        return list(f, v);
      case Relation::Leaf:
        break;
    }
    return true;
  }

  bool list(const Field& f, const json& v) {
    if (!v.is_array()) return fail(cat("expected list, got &{", v.dump(), "}"));
    size_t i = 0;
    for (const json& item : v) {
      std::string element, missing;
      if (f.has(kListSet) && !f.has(kListMap))
        element = item_value(item);
      else if (!item_key(f, item, element, missing))
        return fail(cat("element ", i, ": associative list with keys has an element that omits key field ",
                        orrery::quoted(missing), " (and doesn't have default value)"));
      path.push_back(element);
      const FieldSet* seen = out.find(path);
      if (seen && seen->self) {
        path.pop_back();
        FieldSet::Path key{element};
        return fail(cat("duplicate entries for key ", path_text(key)));
      }
      if (f.kind == Kind::Struct && !is_atomic(*f.type) && !structs(*f.type, item)) return false;
      out.insert(path);
      path.pop_back();
      ++i;
    }
    return true;
  }
};

json merge_field(const Field& f, json live, const json& config);

json merge_struct(const TypeDesc& type, json live, const json& config) {
  if (!live.is_object() || !config.is_object()) return config;
  for (const auto& item : config.items()) {
    const Field* f = member_of(type, item.key());
    json& to = live[item.key()];
    to = f ? merge_field(*f, std::move(to), item.value()) : item.value();
  }
  return live;
}

std::string element_of(const Field& f, const json& item) {
  std::string element, missing;
  if (!f.has(kListMap)) return item_value(item);
  item_key(f, item, element, missing);
  return element;
}

// Items of the configuration come in its order; the others keep their place before what follows them.
json merge_list(const Field& f, const json& live, const json& config) {
  std::vector<std::string> live_keys, config_keys;
  for (const json& item : live) live_keys.push_back(element_of(f, item));
  for (const json& item : config) config_keys.push_back(element_of(f, item));
  auto find = [](const std::vector<std::string>& keys, const std::string& key) {
    return static_cast<size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
  };
  json out = json::array();
  size_t i = 0, j = 0;
  auto is_config = [&](size_t l) { return find(config_keys, live_keys[l]) < config_keys.size(); };
  while (true) {
    while (i < live_keys.size() && is_config(i)) ++i;  // comes with the configuration's items
    if (i >= live_keys.size() && j >= config_keys.size()) break;
    size_t place = j < config_keys.size() ? find(live_keys, config_keys[j]) : live_keys.size();
    bool take_live = i < live_keys.size() && (j >= config_keys.size() || (place < live_keys.size() && i < place));
    if (take_live) {
      out.push_back(live[i++]);
      continue;
    }
    const json& item = config[j++];
    bool parts = place < live_keys.size() && f.kind == Kind::Struct && !is_atomic(*f.type);
    out.push_back(parts ? merge_struct(*f.type, live[place], item) : item);
  }
  return out;
}

json merge_field(const Field& f, json live, const json& config) {
  if (live.is_null() || config.is_null()) return config;
  switch (relation_of(f)) {
    case Relation::Leaf:
      return config;
    case Relation::Struct:
      return merge_struct(*f.type, std::move(live), config);
    case Relation::Map:
      for (const auto& item : config.items()) {
        json& to = live[item.key()];
        bool parts = f.kind == Kind::Struct && !is_atomic(*f.type);
        to = parts ? merge_struct(*f.type, std::move(to), item.value()) : item.value();
      }
      return live;
    case Relation::ListMap:
    case Relation::ListSet:
      return merge_list(f, live, config);
  }
  return config;
}

void remove_struct(const TypeDesc& type, json& v, const FieldSet& gone, const FieldSet* kept);

// What becomes of one value at a path: true when it goes as a whole.
template <class Descend>
bool goes(const FieldSet& gone, const FieldSet* kept, Descend&& descend) {
  bool needed = kept && !kept->empty();
  if (gone.self && !needed) return true;
  descend();
  return false;
}

void remove_field(const Field& f, json& v, const FieldSet& gone, const FieldSet* kept) {
  auto below = [&](const std::string& key) -> const FieldSet* {
    if (!kept) return nullptr;
    auto it = kept->children.find(key);
    return it == kept->children.end() ? nullptr : &it->second;
  };
  bool parts = f.kind == Kind::Struct && !is_atomic(*f.type);
  switch (relation_of(f)) {
    case Relation::Leaf:
      return;
    case Relation::Struct:
      remove_struct(*f.type, v, gone, kept);
      return;
    case Relation::Map:
      for (const auto& [key, child] : gone.children) {
        auto it = v.find(key.substr(2));
        if (it == v.end()) continue;
        if (goes(child, below(key), [&, &c = child, &k = key] {
              if (parts) remove_struct(*f.type, *it, c, below(k));
            }))
          v.erase(it);
      }
      return;
    case Relation::ListMap:
    case Relation::ListSet: {
      if (!v.is_array()) return;
      json out = json::array();
      for (json& item : v) {
        std::string key = element_of(f, item);
        auto child = gone.children.find(key);
        if (child == gone.children.end() || !goes(child->second, below(key), [&] {
              if (parts) remove_struct(*f.type, item, child->second, below(key));
            }))
          out.push_back(std::move(item));
      }
      v = std::move(out);
      return;
    }
  }
}

void remove_struct(const TypeDesc& type, json& v, const FieldSet& gone, const FieldSet* kept) {
  if (!v.is_object()) return;
  for (const auto& [key, child] : gone.children) {
    std::string name = key.substr(2);
    const Field* f = member_of(type, name);
    auto it = v.find(name);
    if (!f || it == v.end()) continue;
    const FieldSet* held = nullptr;
    if (kept) {
      auto k = kept->children.find(key);
      if (k != kept->children.end()) held = &k->second;
    }
    const FieldSet& c = child;
    if (goes(c, held, [&] { remove_field(*f, *it, c, held); })) v.erase(it);
  }
}

}  // namespace

Result<FieldSet> config_fields(const TypeDesc& type, const json& config) {
  FieldSet out;
  ConfigReader reader{out, {}, {}};
  if (!reader.structs(shape_of(type), config)) return make_error(Reason::Unknown, reader.error);
  return out;
}

json merge_config(const TypeDesc& type, json live, const json& config) {
  return merge_struct(shape_of(type), std::move(live), config);
}

json remove_fields(const TypeDesc& type, json object, const FieldSet& gone, const FieldSet& kept) {
  remove_struct(shape_of(type), object, gone, &kept);
  return object;
}

}  // namespace orrery::api
