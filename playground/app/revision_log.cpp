#include "playground/app/revision_log.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/api/gen/meta_v1.h"
#include "core/api/json_dom.h"
#include "core/api/yaml.h"

namespace orrery::app {
namespace {

using api::meta_v1::ManagedFieldsEntry;
using nlohmann::json;
using Values = std::map<std::string, std::vector<std::string>>;  // of a Secret's key, those it had

constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

bool same(const ManagedFieldsEntry& a, const ManagedFieldsEntry& b) {
  return a.manager == b.manager && a.operation == b.operation && a.subresource == b.subresource && a.time.ns == b.time.ns &&
         a.fieldsV1 == b.fieldsV1;
}

// The manager whose entry is new since `before`; of several the latest. None when no entry tells, as after a second write of
// one manager to the same fields within a second.
const ManagedFieldsEntry* changed_by(const api::ObjectPtr& before, const api::ObjectPtr& after) {
  const ManagedFieldsEntry* changed = nullptr;
  for (const ManagedFieldsEntry& entry : after.meta().managedFields) {
    bool known = false;
    if (before)
      for (const ManagedFieldsEntry& old : before.meta().managedFields) known = known || same(old, entry);
    if (!known && (!changed || entry.time.ns >= changed->time.ns)) changed = &entry;
  }
  return changed;
}

void mask(json& dom, Values& values) {
  for (const char* part : {"data", "stringData"}) {
    if (!dom.contains(part) || !dom[part].is_object()) continue;
    for (auto& [key, value] : dom[part].items()) {
      std::vector<std::string>& had = values[key];
      const std::string text = value.dump();
      auto found = std::find(had.begin(), had.end(), text);
      if (found == had.end()) found = had.insert(had.end(), text);
      value = "*** (" + std::to_string(found - had.begin() + 1) + ")";
    }
  }
  json& meta = dom["metadata"];
  if (meta.contains("annotations") && meta["annotations"].contains(kLastApplied)) meta["annotations"][kLastApplied] = "***";
}

std::string yaml_of(const api::ObjectPtr& object, bool secret, Values& values) {
  json dom = api::to_dom(object);
  json& meta = dom["metadata"];
  for (const char* noise : {"managedFields", "resourceVersion"}) meta.erase(noise);
  if (secret) mask(dom, values);
  return api::dom_to_yaml(dom);
}

viewmodel::Revision revision_of(const api::ObjectPtr& before, const api::ObjectPtr& object, bool secret, Values& values) {
  viewmodel::Revision out;
  out.version = object.meta().resourceVersion.str();
  if (const ManagedFieldsEntry* entry = changed_by(before, object)) {
    out.who = entry->manager.str();
    out.how = entry->subresource.empty() ? entry->operation.str() : cat(entry->operation, " ", entry->subresource);
    out.at = entry->time.is_set() ? entry->time.ns : 0;
  }
  out.yaml = yaml_of(object, secret, values);
  return out;
}

}  // namespace

void RevisionLog::add(client::Informer& informer) {
  informers_[std::string(informer.kind().kind)] = &informer;
  informer.add_handler(*this);
}

void RevisionLog::on_change(const client::Informer& informer, ports::WatchType, const api::ObjectPtr& before, const api::ObjectPtr& after) {
  const api::ObjectPtr& any = after ? after : before;
  const Id id = {std::string(informer.kind().kind), any.meta().namespace_.str(), any.meta().name.str()};
  if (!before) {  // the first is the cache's own; what had its name before is another object
    const auto found = past_.find(id);
    if (found != past_.end()) past_.erase(found);
    return;
  }
  Past& past = past_[id];
  ++past.changes;
  past.deleted = !after;
  past.objects.push_back({next_, before});
  order_.push_back({next_++, id});
  if (past.objects.size() > kKept) past.objects.pop_front();
  while (order_.size() > kKeptInAll) drop_oldest();
}

void RevisionLog::drop_oldest() {
  const auto [number, id] = order_.front();
  order_.pop_front();
  const auto found = past_.find(id);
  if (found == past_.end() || found->second.objects.empty() || found->second.objects.front().first != number) return;
  found->second.objects.pop_front();
  if (found->second.objects.empty()) past_.erase(found);
}

std::uint64_t RevisionLog::version(const viewmodel::ObjectRef& ref) const {
  const auto found = past_.find({ref.kind, ref.ns, ref.name});
  return found == past_.end() ? 0 : found->second.changes;
}

viewmodel::Revisions RevisionLog::of(const viewmodel::ObjectRef& ref) const {
  viewmodel::Revisions out;
  out.of = ref;
  const auto informer = informers_.find(ref.kind);
  out.watched = informer != informers_.end();
  if (!out.watched) return out;
  std::vector<api::ObjectPtr> objects;
  const auto past = past_.find({ref.kind, ref.ns, ref.name});
  if (past != past_.end()) {
    for (const auto& kept : past->second.objects) objects.push_back(kept.second);
    out.deleted = past->second.deleted;
  }
  const auto& now = informer->second->objects();
  const auto present = now.find(client::Key{Str(ref.ns), Str(ref.name)});
  if (present != now.end()) objects.push_back(present->second);
  Values values;
  for (std::size_t i = 0; i < objects.size(); ++i)
    out.list.push_back(revision_of(i == 0 ? api::ObjectPtr() : objects[i - 1], objects[i], ref.kind == "Secret", values));
  return out;
}

}  // namespace orrery::app
