#include "core/api/apply/managers.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::api {

Managers read_managers(const List<meta_v1::ManagedFieldsEntry>& entries) {
  Managers out;
  for (const auto& e : entries) {
    if (!(e.operation == "Apply") && !(e.operation == "Update")) continue;
    auto fields = FieldSet::from_json(e.fieldsV1.json.empty() ? std::string_view("{}") : e.fieldsV1.json.view());
    if (!fields) continue;
    ManagerId id{e.manager, e.operation == "Apply", e.operation == "Apply" ? Str() : e.apiVersion, e.subresource};
    ManagerEntry& entry = out[id];
    entry.fields.merge(*fields);
    entry.api_version = e.apiVersion;
    entry.time = e.time;
  }
  return out;
}

List<meta_v1::ManagedFieldsEntry> write_managers(const Managers& managers,
                                                 std::vector<meta_v1::ManagedFieldsEntry> entries, StrPool* pool) {
  for (const auto& [id, entry] : managers) {
    if (entry.fields.empty()) continue;
    meta_v1::ManagedFieldsEntry e;
    e.manager = id.name;
    e.operation = pooled(pool, id.applies ? "Apply" : "Update");
    e.apiVersion = pooled(pool, entry.api_version);
    e.time = entry.time;
    e.fieldsType = pooled(pool, "FieldsV1");
    e.fieldsV1.json = pooled(pool, entry.fields.to_json());
    e.subresource = id.subresource;
    entries.push_back(std::move(e));
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    if (!(a.operation == b.operation)) return a.operation < b.operation;
    // To the second, as they are stored.
    int64_t s = a.time.is_set() ? a.time.ns / 1'000'000'000 : INT64_MIN;
    int64_t t = b.time.is_set() ? b.time.ns / 1'000'000'000 : INT64_MIN;
    if (s != t) return s < t;
    if (!(a.manager == b.manager)) return a.manager < b.manager;
    if (!(a.apiVersion == b.apiVersion)) return a.apiVersion < b.apiVersion;
    return a.subresource < b.subresource;
  });
  List<meta_v1::ManagedFieldsEntry> out;
  for (auto& e : entries) out.push_back(std::move(e));
  return out;
}

std::string manager_text(const ManagerId& id) {
  std::string out = orrery::quoted(id.name);
  if (!id.subresource.empty()) out += cat(" with subresource ", orrery::quoted(id.subresource));
  if (!id.applies) out += cat(" using ", id.api_version);
  return out;
}

void strip_meta(FieldSet& fields) {
  fields.drop({"f:apiVersion"});
  fields.drop({"f:kind"});
  auto meta = fields.children.find("f:metadata");
  if (meta == fields.children.end()) return;
  meta->second.self = false;
  for (const char* name : {"f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid", "f:clusterName",
                           "f:generation", "f:managedFields", "f:resourceVersion"})
    meta->second.children.erase(name);
  if (meta->second.empty()) fields.children.erase(meta);
}

}  // namespace orrery::api
