#include "core/api/apply/apply.h"

#include <nlohmann/json.hpp>

#include "core/api/apply/compare.h"
#include "core/api/apply/config.h"
#include "core/api/apply/managers.h"
#include "core/api/json_dom.h"
#include "core/api/yaml.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using nlohmann::json;

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

ManagerId id_of(const FieldManager& m, bool applies) {
  return {m.name.empty() ? Str("unknown") : m.name, applies, applies ? Str() : m.api_version, m.subresource};
}

void strip(FieldSet& fields, const FieldManager& manager) {
  strip_meta(fields);
  for (const std::string& dotted : manager.ignored) {
    FieldSet::Path path;
    for (const std::string& name : split(dotted, '.')) path.push_back("f:" + name);
    fields.drop(path);
  }
}

bool is_reset(const List<meta_v1::ManagedFieldsEntry>& entries) {
  return entries.size() == 1 && entries[0] == meta_v1::ManagedFieldsEntry{};
}

// May the change concern that entry? Told by the text, without reading it: a kubelet's status updates leave alone what
// the controller owns of a pod's spec.
bool is_touched(const meta_v1::ManagedFieldsEntry& entry, const ManagerId& self, const FieldSet& changed,
                const FieldSet& removed) {
  if (entry.manager == self.name && entry.subresource == self.subresource) return true;
  for (const FieldSet* set : {&changed, &removed})
    for (const auto& [key, child] : set->children) {
      if (key != "f:metadata") {
        if (entry.fieldsV1.json.view().find(cat("\"", key, "\"")) != std::string_view::npos) return true;
        continue;
      }
      for (const auto& [name, rest] : child.children)
        if (entry.fieldsV1.json.view().find(cat("\"", name, "\"")) != std::string_view::npos) return true;
    }
  return false;
}

// Others lose what was changed or removed.
void take_from(Managers& managers, const ManagerId& except, const FieldSet& changed, const FieldSet& removed) {
  for (auto it = managers.begin(); it != managers.end();) {
    if (!(it->first == except)) it->second.fields.subtract(changed).subtract(removed);
    it = it->second.fields.empty() ? managers.erase(it) : std::next(it);
  }
}

// At most ten Update managers: the oldest are joined.
void cap(Managers& managers, const Str& api_version) {
  auto updates = [&] {
    size_t n = 0;
    for (const auto& [id, entry] : managers) n += !id.applies;
    return n;
  };
  while (updates() > kUpdateManagersMax) {
    auto oldest = managers.end();
    for (auto it = managers.begin(); it != managers.end(); ++it)
      if (!it->first.applies && !(it->first.name == "ancient-changes") &&
          (oldest == managers.end() || it->second.time < oldest->second.time))
        oldest = it;
    if (oldest == managers.end()) return;
    ManagerEntry entry = std::move(oldest->second);
    managers.erase(oldest);
    ManagerEntry& bucket = managers[{"ancient-changes", false, api_version, {}}];
    bucket.fields.merge(entry.fields);
    bucket.api_version = api_version;
    if (bucket.time < entry.time) bucket.time = entry.time;
  }
}

Error conflict_error(const std::vector<std::pair<ManagerId, FieldSet::Path>>& conflicts) {
  Error error = make_error(Reason::Conflict, {});
  for (const auto& [id, path] : conflicts)
    error.causes.push_back({"FieldManagerConflict", Str("conflict with " + manager_text(id)), Str(path_text(path))});
  if (conflicts.size() == 1) {
    error.message = cat("Apply failed with 1 conflict: conflict with ", manager_text(conflicts[0].first), ": ",
                        path_text(conflicts[0].second));
    return error;
  }
  std::string text;
  const ManagerId* last = nullptr;
  for (const auto& [id, path] : conflicts) {
    if (!last || !(*last == id)) text += cat(text.empty() ? "" : "\n", "conflicts with ", manager_text(id), ":");
    last = &id;
    text += "\n- " + path_text(path);
  }
  error.message = cat("Apply failed with ", conflicts.size(), " conflicts: ", text);
  return error;
}

// What kubectl's client-side apply wrote last time may be taken over by its server-side apply.
FieldSet last_applied_fields(const ObjectPtr& live) {
  const Str* text = live.meta().annotations.find(kLastApplied);
  if (!text) return {};
  auto dom = parse_dom(*text);
  if (!dom) return {};
  auto fields = config_fields(live.type(), *dom);
  if (!fields) return {};
  strip_meta(*fields);
  // Only values that are still as they were written.
  MutableObject applied(live.type());
  if (!from_dom(merge_config(live.type(), to_dom(live), *dom), live.type(), applied.data()).ok()) return {};
  Changes since = compare_objects(live.type(), applied.data(), live.data());
  return fields->subtract(since.modified).subtract(since.added).subtract(since.removed);
}

// The text at a key, "" when there is none.
std::string text_at(const json& object, const char* key) {
  auto it = object.is_object() ? object.find(key) : object.end();
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::string describe(const json& config) {
  const json meta = config.contains("metadata") ? config["metadata"] : json();
  return cat(text_at(meta, "namespace"), "/", text_at(meta, "name"), "; ", text_at(config, "apiVersion"), ", Kind=",
             text_at(config, "kind"));
}

}  // namespace

void track_update(const ObjectPtr& live, MutableObject& updated, const FieldManager& manager) {
  const TypeDesc& type = updated.type();
  if (!type.has_object_meta) return;
  List<meta_v1::ManagedFieldsEntry> sent = updated.meta().managedFields;
  List<meta_v1::ManagedFieldsEntry> had = live ? live.meta().managedFields : List<meta_v1::ManagedFieldsEntry>{};
  bool edited = !sent.empty() && !(sent == had) && manager.subresource.empty();
  updated.meta().managedFields = had;  // so that they themselves don't count as a change
  MutableObject nothing(type);
  Changes changes = compare_objects(type, live ? live.data() : nothing.data(), updated.data());
  strip(changes.added, manager);
  strip(changes.modified, manager);
  strip(changes.removed, manager);
  if (changes.empty() && !edited) return;

  FieldSet changed = changes.added;
  changed.merge(changes.modified);
  ManagerId self = id_of(manager, false);
  Managers managers;
  std::vector<meta_v1::ManagedFieldsEntry> untouched;
  if (edited) {
    if (!is_reset(sent)) managers = read_managers(sent);
    if (managers.empty() && !is_reset(sent)) managers = read_managers(had);
  } else {
    List<meta_v1::ManagedFieldsEntry> touched;
    for (const auto& entry : had)
      if (had.size() < kUpdateManagersMax && !is_touched(entry, self, changed, changes.removed))
        untouched.push_back(entry);
      else
        touched.push_back(entry);
    managers = read_managers(touched);
  }
  take_from(managers, self, changed, changes.removed);
  auto own = managers.find(self);
  if (own != managers.end()) own->second.fields.subtract(changes.removed);
  if (!changed.empty()) {
    ManagerEntry& entry = managers[self];
    entry.fields.merge(changed);
    entry.api_version = manager.api_version;
    entry.time = manager.now;
  }
  cap(managers, manager.api_version);
  updated.meta().managedFields = write_managers(managers, std::move(untouched), manager.pool);
}

Result<Applied> server_side_apply(const ObjectPtr& live, std::string_view config_text, const TypeDesc& type,
                                  const FieldManager& manager, bool force, DecodeNotes* notes) {
  auto config = yaml_to_dom(config_text, false);
  if (!config || !config->is_object())
    return make_error(Reason::BadRequest,
                      cat("error decoding YAML: ", config ? Str("yaml: unmarshal errors") : config.error().message));
  std::string version = text_at(*config, "apiVersion");
  if (version != manager.api_version.view())
    return make_error(Reason::BadRequest,
                      cat("Incorrect version specified in apply patch. Specified patch version: ", version,
                          ", expected: ", manager.api_version));
  if (config->contains("metadata") && (*config)["metadata"].is_object()) {
    json& meta = (*config)["metadata"];
    if (meta.contains("managedFields") && !meta["managedFields"].is_null() && !meta["managedFields"].empty())
      return make_error(Reason::BadRequest, "metadata.managedFields must be nil");
    meta.erase("managedFields");
  }
  auto fields = config_fields(type, *config);
  if (!fields) {
    Error error = make_error(Reason::Unknown, cat("failed to create typed patch object (", describe(*config), "): ",
                                                  fields.error().message));
    error.code = 500;
    return error;
  }
  strip(*fields, manager);

  ObjectPtr base = live;
  if (!base) base = MutableObject(type).freeze();
  Managers managers = read_managers(base.meta().managedFields);
  if (live && managers.empty()) {  // written before anyone kept books
    MutableObject nothing(type);
    FieldSet all = compare_objects(type, nothing.data(), live.data()).added;
    strip_meta(all);
    managers[{"before-first-apply", false, manager.api_version, {}}] = {all, manager.api_version, manager.now};
  }
  ManagerId self = id_of(manager, true);
  ManagerEntry before = managers[self];
  managers[self].fields = *fields;

  // Merge, then take out what this manager gave up and nobody else holds.
  json merged = merge_config(type, to_dom(type, base.data(), {}), *config);
  FieldSet kept;
  for (const auto& [id, entry] : managers) kept.merge(entry.fields);
  FieldSet gone = before.fields;
  gone.subtract(*fields);
  merged = remove_fields(type, std::move(merged), gone, kept);
  if (merged.contains("metadata") && merged["metadata"].is_object()) merged["metadata"].erase("managedFields");
  MutableObject object(type);
  auto decoded = from_dom(merged, type, object.data(), notes);
  if (!decoded) {
    Error error = make_error(Reason::Unknown, cat("failed to create typed patch object (", describe(*config), "): ",
                                                  decoded.error().message));
    error.code = 500;
    return error;
  }
  object.meta().managedFields = base.meta().managedFields;

  Changes changes = compare_objects(type, base.data(), object.data());
  strip_meta(changes.added);
  strip_meta(changes.modified);
  strip_meta(changes.removed);
  FieldSet changed = changes.added;
  changed.merge(changes.modified);
  FieldSet allowed;
  if (live && manager.name == "kubectl") allowed = last_applied_fields(live);
  std::vector<std::pair<ManagerId, FieldSet::Path>> conflicts;
  for (const auto& [id, entry] : managers) {
    if (id == self || force) continue;
    FieldSet both = entry.fields.intersection(changed);
    both.subtract(allowed);
    for (FieldSet::Path& path : both.members()) conflicts.emplace_back(id, std::move(path));
  }
  if (!conflicts.empty()) return conflict_error(conflicts);

  take_from(managers, self, changed, changes.removed);
  auto own = managers.find(self);
  if (own != managers.end()) {
    own->second.api_version = manager.api_version;
    bool same = live && changes.empty() && before.fields == own->second.fields;
    own->second.time = same && before.time.is_set() ? before.time : manager.now;
  }
  object.meta().managedFields = write_managers(managers, {}, manager.pool);
  // kubectl's client-side record follows, so that going back to it works.
  if (live && manager.name == "kubectl" && live.meta().annotations.contains(kLastApplied) &&
      !fields->find({"f:metadata", "f:annotations", cat("f:", kLastApplied)})) {
    json record = *config;
    object.meta().annotations.set(Str(kLastApplied), Str(record.dump() + "\n"));
  }
  Applied out;
  out.created = !live;
  out.object = std::move(object).freeze();
  return out;
}

}  // namespace orrery::api
