#include "core/kubectl/diff3.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// Quantities that mean the same aren't a change: "1000m" stored as "1".
bool same_value(const json& a, const json& b, const api::Field* field) {
  if (a == b) return true;
  if (!field || field->kind != api::Kind::Quantity) return false;
  auto text = [](const json& v) { return v.is_string() ? v.get<std::string>() : v.dump(); };
  auto x = Quantity::parse(text(a)), y = Quantity::parse(text(b));
  return x.ok() && y.ok() && *x == *y;
}

const json& member(const json& object, const std::string& key) {
  static const json none;
  return object.is_object() && object.contains(key) ? object[key] : none;
}

const json* element(const json& list, const std::string& key, const json& value) {
  if (!list.is_array()) return nullptr;
  for (const json& item : list)
    if (member(item, key) == value) return &item;
  return nullptr;
}

json diff(const json& last, const json& wanted, const json& live, const api::TypeDesc* type);

// A list whose elements merge by key: changed and new elements, $patch: delete for those that were dropped.
json diff_list(const json& last, const json& wanted, const json& live, const api::Field& field) {
  std::string key(field.merge_key);
  json out = json::array();
  json order = json::array();
  for (const json& item : wanted) {
    const json& id = member(item, key);
    order.push_back(json{{key, id}});
    const json* there = element(live, key, id);
    const json* before = element(last, key, id);
    json change = diff(before ? *before : json::object(), item, there ? *there : json::object(), field.type);
    if (there && change.empty()) continue;
    if (!there) change = item;
    change[key] = id;
    out.push_back(std::move(change));
  }
  if (last.is_array())
    for (const json& item : last) {
      const json& id = member(item, key);
      if (!element(wanted, key, id) && element(live, key, id)) out.push_back(json{{"$patch", "delete"}, {key, id}});
    }
  return out;
}

json diff(const json& last, const json& wanted, const json& live, const api::TypeDesc* type) {
  json patch = json::object();
  for (const auto& [key, value] : wanted.items()) {
    const api::Field* field = type ? type->find(key) : nullptr;
    const json& there = member(live, key);
    const json& before = member(last, key);
    if (value.is_object() && !(field && field->kind == api::Kind::Raw)) {
      const api::TypeDesc* below = field && field->shape != api::Shape::Map && field->kind == api::Kind::Struct ? field->type : nullptr;
      if (field && field->shape == api::Shape::Map && field->kind == api::Kind::Quantity) {
        json change = json::object();
        for (const auto& [k, v] : value.items())
          if (!same_value(v, member(there, k), field)) change[k] = v;
        for (const auto& [k, v] : before.items())
          if (!value.contains(k) && there.is_object() && there.contains(k)) change[k] = nullptr;
        if (!change.empty()) patch[key] = change;
        continue;
      }
      json change = diff(before.is_object() ? before : json::object(), value, there.is_object() ? there : json::object(), below);
      if (!change.empty()) patch[key] = change;
    } else if (value.is_array() && field && field->has(api::kMergePatch) && !field->merge_key.empty()) {
      json change = diff_list(before, value, there, *field);
      if (!change.empty()) {
        patch[key] = change;
        json order = json::array();
        for (const json& item : value) order.push_back(json{{std::string(field->merge_key), member(item, std::string(field->merge_key))}});
        patch["$setElementOrder/" + key] = order;
      }
    } else if (!same_value(value, there, field)) {
      patch[key] = value;
    }
  }
  // What was applied before and is no longer wanted goes.
  if (last.is_object())
    for (const auto& [key, value] : last.items())
      if (!wanted.contains(key) && live.is_object() && live.contains(key)) patch[key] = nullptr;
  return patch;
}

}  // namespace

json three_way_patch(const json& last, const json& wanted, const json& live, const api::TypeDesc& type) {
  json target = wanted;
  for (const char* own : {"status"}) target.erase(own);
  json patch = diff(last, target, live, &type);
  patch.erase("apiVersion");
  patch.erase("kind");
  return patch;
}

}  // namespace orrery::kubectl
