// Strategic merge patch (apimachinery pkg/util/strategicpatch). The names of the functions follow that package.
#include <nlohmann/json.hpp>

#include <algorithm>

#include "core/api/patch/go_print.h"
#include "core/api/patch/patch.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using nlohmann::json;
using Items = std::vector<json>;

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kDeletePrefix = "$deleteFromPrimitiveList/";
constexpr std::string_view kOrderPrefix = "$setElementOrder/";

// What the type says about a field. Without a type (raw JSON, values of maps) maps merge and lists are replaced.
struct Meta {
  const TypeDesc* type = nullptr;
  bool merge = false;
  std::string merge_key;
};

class Merger {
 public:
  std::optional<Error> error;

  json merge_map(json original, json patch, const TypeDesc* type) {
    auto directive = patch.find(kDirective);
    if (directive != patch.end()) {
      if (*directive == "replace") {
        patch.erase(std::string(kDirective));
        return patch;
      }
      if (*directive == "delete") return json::object();
      if (*directive != "merge") {
        fail(Reason::Unknown, cat("unknown patch type: ", go_print(*directive), " in map: ", go_print(patch)));
        return {};
      }
      patch.erase(std::string(kDirective));
    }
    if (!original.is_object()) original = json::object();
    retain_keys(original, patch);
    set_element_order(original, patch, type);
    for (auto item = patch.begin(); item != patch.end() && !error; ++item) {
      std::string key = item.key();
      json& value = *item;
      bool is_delete = starts_with(key, kDeletePrefix);
      if (is_delete) key = key.substr(kDeletePrefix.size());
      if (value.is_null()) {
        original.erase(key);
        continue;
      }
      auto old = original.find(key);
      if (old == original.end()) {
        if (!is_delete) original[key] = drop_directives(std::move(value));
      } else if (old->is_object() && value.is_object()) {
        Meta meta = lookup(type, key);
        *old = merge_map(std::move(*old), std::move(value), meta.type);
      } else if (old->is_array() && value.is_array()) {
        Meta meta = lookup(type, key);
        if (meta.merge || is_delete)
          *old = merge_slice(old->get<Items>(), value.get<Items>(), meta, is_delete);
        else
          *old = std::move(value);
      } else if (!is_delete) {
        *old = drop_directives(std::move(value));
      }
    }
    return original;
  }

 private:
  void fail(Reason reason, std::string message) {
    if (error) return;
    error = make_error(reason, message);
    if (reason == Reason::Unknown) error->code = 500;  // Kubernetes passes these on as they are
  }

  Meta lookup(const TypeDesc* type, std::string_view key) {
    if (!type) return {};
    if (type->has_type_meta && (key == "apiVersion" || key == "kind")) return {};
    const Field* f = type->find(key);
    if (!f) {
      fail(Reason::Unknown, cat("unable to find api field in struct ", type->name, " for the json field ",
                                orrery::quoted(key)));
      return {};
    }
    return {f->kind == Kind::Struct ? f->type : nullptr, f->has(kMergePatch) && f->shape == Shape::List,
            std::string(f->merge_key)};
  }

  static json drop_directives(json value) {
    if (value.is_object()) {
      for (auto it = value.begin(); it != value.end();) {
        bool directive = it.key() == kDirective || it.key() == kRetainKeys || starts_with(it.key(), kDeletePrefix) ||
                         starts_with(it.key(), kOrderPrefix);
        if (directive || it->is_null()) {
          it = value.erase(it);
        } else {
          *it = drop_directives(std::move(*it));
          ++it;
        }
      }
    } else if (value.is_array()) {
      json kept = json::array();
      for (json& item : value)
        if (!item.is_object() || !item.contains(std::string(kDirective)))
          kept.push_back(drop_directives(std::move(item)));
      return kept;
    }
    return value;
  }

  void retain_keys(json& original, json& patch) {
    auto found = patch.find(kRetainKeys);
    if (found == patch.end()) return;
    json keep = *found;
    patch.erase(found);
    auto kept = [&](const std::string& key) { return std::find(keep.begin(), keep.end(), json(key)) != keep.end(); };
    bool good = keep.is_array();
    for (const auto& item : patch.items())
      good = good && (item.key()[0] == '$' || item.value().is_null() || kept(item.key()));
    if (!good)
      return fail(Reason::BadRequest, "invalid patch format of retainKeys");
    for (auto it = original.begin(); it != original.end();) it = kept(it.key()) ? std::next(it) : original.erase(it);
  }

  // $setElementOrder/<field>: the list's items that the patch knows come in that order.
  void set_element_order(json& original, json& patch, const TypeDesc* type) {
    std::vector<std::string> directives;
    for (const auto& item : patch.items())
      if (starts_with(item.key(), kOrderPrefix)) directives.push_back(item.key());
    for (const std::string& directive : directives) {
      json order_value = patch[directive];
      patch.erase(directive);
      std::string key = directive.substr(kOrderPrefix.size());
      if (!order_value.is_array()) return fail(Reason::BadRequest, "invalid patch format of setElementOrder list");
      Items order = order_value.get<Items>();
      bool in_original = original.contains(key) && original[key].is_array();
      bool in_patch = patch.contains(key) && patch[key].is_array();
      if (patch.contains(key) && !in_patch && !patch[key].is_null()) continue;
      Meta meta = lookup(type, key);
      if (error) return;
      Items old = in_original ? original[key].get<Items>() : Items{};
      Items merged;
      if (in_patch && !meta.merge && in_original) {
        merged = patch[key].get<Items>();
      } else if (in_original && in_patch) {
        json all = merge_slice(old, patch[key].get<Items>(), meta, false);
        if (error) return;
        merged = all.get<Items>();
      } else if (in_original) {
        merged = old;
      } else if (in_patch) {
        merged = drop_directives(patch[key]).get<Items>();
      } else {
        continue;
      }
      if (patch.contains(key) && patch[key].is_null()) continue;
      original[key] = normalize(merged, order, old, meta.merge_key);
      patch.erase(key);
    }
  }

  json merge_slice(Items original, Items patch, const Meta& meta, bool is_delete) {
    if (original.empty() && patch.empty()) return json::array();
    const json& first = original.empty() ? patch.front() : original.front();
    if (first.is_array()) return fail(Reason::Unknown, "lists of lists are not supported"), json();
    if (!first.is_object()) {
      if (is_delete) {
        json kept = json::array();
        for (json& item : original)
          if (std::find(patch.begin(), patch.end(), item) == patch.end()) kept.push_back(std::move(item));
        return kept;
      }
      Items merged;
      for (const Items* from : {&original, &patch})
        for (const json& item : *from)
          if (std::find(merged.begin(), merged.end(), item) == merged.end()) merged.push_back(item);
      return normalize(merged, patch, original, {});
    }
    if (meta.merge_key.empty())
      return fail(Reason::Unknown, cat("cannot merge lists without merge key for ", meta.type ? meta.type->name : "")),
             json();
    if (!special_elements(original, patch, meta.merge_key)) return {};
    Items merged = original;
    for (json& item : patch) {
      json* same = find_by_key(merged, item, meta.merge_key);
      if (!item.is_object() || !item.contains(meta.merge_key))
        return fail(Reason::Unknown, cat("map: ", go_print(item), " does not contain declared merge key: ",
                                         meta.merge_key)), json();
      if (same)
        *same = merge_map(std::move(*same), item, meta.type);
      else
        merged.push_back(drop_directives(item));
      if (error) return {};
    }
    return normalize(merged, patch, original, meta.merge_key);
  }

  // Items of the patch that are directives: delete one, or replace the whole list.
  bool special_elements(Items& original, Items& patch, const std::string& key) {
    Items plain;
    bool replace = false;
    for (json& item : patch) {
      if (!item.is_object() || !item.contains(std::string(kDirective))) {
        plain.push_back(std::move(item));
        continue;
      }
      const json& directive = item[std::string(kDirective)];
      if (directive == "delete") {
        if (!item.contains(key)) {
          fail(Reason::Unknown, cat("map: ", go_print(item), " does not contain declared merge key: ", key));
          return false;
        }
        original.erase(std::remove_if(original.begin(), original.end(),
                                      [&](const json& o) { return o.is_object() && o.value(key, json()) == item[key]; }),
                       original.end());
      } else if (directive == "replace") {
        replace = true;
      } else if (directive == "merge") {
        fail(Reason::Unknown, "merging lists cannot yet be specified in the patch");
        return false;
      } else {
        fail(Reason::Unknown, cat("unknown patch type: ", go_print(directive), " in map: ", go_print(item)));
        return false;
      }
    }
    patch = std::move(plain);
    if (replace) {
      original = std::move(patch);
      patch.clear();
    }
    return true;
  }

  static json* find_by_key(Items& items, const json& wanted, const std::string& key) {
    if (!wanted.is_object() || !wanted.contains(key)) return nullptr;
    for (json& item : items)
      if (item.is_object() && item.contains(key) && item[key] == wanted[key]) return &item;
    return nullptr;
  }

  static int index_of(const Items& items, const json& wanted, const std::string& key) {
    for (size_t i = 0; i < items.size(); ++i) {
      bool same = key.empty() ? items[i] == wanted
                              : items[i].is_object() && items[i].contains(key) && wanted.contains(key) &&
                                    items[i][key] == wanted[key];
      if (same) return static_cast<int>(i);
    }
    return -1;
  }

  // Items in `order` come in that order; the others keep their order in `server`, before what follows them there.
  static json normalize(const Items& merged, const Items& order, const Items& server, const std::string& key) {
    Items known, others;
    for (const json& item : merged) (index_of(order, item, key) >= 0 ? known : others).push_back(item);
    auto by = [&](const Items& places) {
      return [&places, &key](const json& a, const json& b) {
        int i = index_of(places, a, key), j = index_of(places, b, key);
        return i >= 0 && j >= 0 && i < j;
      };
    };
    std::stable_sort(known.begin(), known.end(), by(order));
    std::stable_sort(others.begin(), others.end(), by(server));
    json out = json::array();
    size_t i = 0, j = 0;
    while (i < others.size() || j < known.size()) {
      bool take_other = j >= known.size();
      if (!take_other && i < others.size()) {
        int l = index_of(server, others[i], key), r = index_of(server, known[j], key);
        take_other = l >= 0 && r >= 0 && l < r;
      }
      out.push_back(take_other ? std::move(others[i++]) : std::move(known[j++]));
    }
    return out;
  }
};

}  // namespace

Result<json> strategic_merge_patch(const json& document, const json& patch, const TypeDesc& type) {
  if (!patch.is_object())
    return make_error(Reason::BadRequest, cat("json: cannot unmarshal ", patch.type_name(),
                                              " into Go value of type map[string]interface {}"));
  Merger merger;
  json out = merger.merge_map(document, patch, &type);
  if (merger.error) return *merger.error;
  return out;
}

}  // namespace orrery::api
