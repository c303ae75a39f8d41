// What the server does when a CustomResourceDefinition was written: accepts its names, serves it, and sees its deletion
// through. Source: apiextensions-apiserver pkg/controller/{status,establish,finalizer},
// pkg/apiserver/customresource_handler.go
#include "core/apiserver/apiserver.h"
#include "core/apiserver/custom/naming.h"

namespace orrery::apiserver {

namespace {

const KindInfo& definition_kind() { return api::kind<Definition>(); }

}  // namespace

void ApiServer::watch_definitions() {
  store::WatchSpec spec;
  spec.table = registry_.table(definition_kind());
  std::vector<store::ChangePtr> backlog;
  store_.watch(kDefinitionsWatch, spec, store_.revision(), backlog);
  for (const auto& [key, item] : store_.at(spec.table).items) definition_changed(key);
}

void ApiServer::definition_changed(const Str& name) {
  state_.definitions_due.insert(name);
  if (std::exchange(state_.definitions_posted, true)) return;
  loop_.post(self_, kDefinitions);
}

void ApiServer::review_definitions() {
  state_.definitions_posted = false;
  for (const Str& name : std::exchange(state_.definitions_due, {})) review_definition(name);
}

void ApiServer::review_definition(const Str& name) {
  store::TableId table = registry_.table(definition_kind());
  const store::Item* head = store_.head(table, name);
  if (!head) {
    state_.definitions_ending.erase(name);
    serve_definition(name, nullptr);
    // Its names are free: others of the group may have them.
    for (const auto& [key, item] : store_.at(table).items)
      if (!is_true(*item.object.as<Definition>(), "NamesAccepted")) definition_changed(key);
    return;
  }
  auto definition = head->object.get<Definition>();
  Definition next = *definition;
  std::vector<const Definition*> others;
  for (const auto& [key, item] : store_.at(table).items)
    if (!(key == name)) others.push_back(item.object.as<Definition>());
  Writer writer;
  writer.now = clock_.now();
  if (next.metadata.deletionTimestamp.is_set() && next.metadata.finalizers.contains(kCleanup)) {
    state_.definitions_ending.insert(name);
    return end_definition(std::move(next), writer);
  }
  // One step at a time, each seen by those who watch.
  if (accept_names(next, others, writer.now) || establish(next, writer.now))
    registry_.put(definition_kind(), {}, name, api::MutableObject(api::make_object(std::move(next))), writer);
  if (is_true(*definition, "Established")) serve_definition(name, definition);
}

// Its objects go first; the definition itself when none is left.
void ApiServer::end_definition(Definition next, Writer& writer) {
  std::vector<CustomKinds::TypePtr> types = state_.custom.of(next.metadata.name);
  bool left = false;
  if (!types.empty()) {
    const KindInfo& kind = types[0]->kind();
    std::vector<std::pair<Str, bool>> objects;  // and whether it is being deleted
    const store::Table& table = store_.at(registry_.table(kind));
    for (const auto& [key, item] : table.items)
      objects.emplace_back(key, item.object.meta().deletionTimestamp.is_set());
    left = !table.pending.empty();
    for (const auto& [key, ending] : objects) {
      left = true;
      if (ending) continue;
      std::string_view ns = store::namespace_of_key(key);
      std::string_view name = kind.namespaced ? key.view().substr(ns.size() + 1) : key.view();
      (void)registry_.remove(kind, Str(ns), Str(name), {}, writer);
    }
  }
  bool changed =
      set_condition(next, "Terminating", left, left ? "InstanceDeletionInProgress" : "InstanceDeletionCompleted",
                    left ? "CustomResource deletion is in progress" : "removed all instances", writer.now);
  Str name = next.metadata.name;
  api::MutableObject object(api::make_object(std::move(next)));
  if (!left) {
    object.meta().finalizers.erase_if([](const Str& f) { return f == kCleanup; });
    state_.definitions_ending.erase(name);
    (void)registry_.update(definition_kind(), {}, name, "", std::move(object), writer);
  } else if (changed) {
    registry_.put(definition_kind(), {}, name, std::move(object), writer);
  }
}

void ApiServer::serve_definition(const Str& name, const std::shared_ptr<const Definition>& definition) {
  std::vector<CustomKinds::TypePtr> before = state_.custom.of(name);
  bool changed = definition ? state_.custom.install(definition) : state_.custom.remove(name);
  if (!changed) return;
  documents_.clear();
  // Watches of what was served end: their clients come again and see the new schema.
  std::vector<uint64_t> ended;
  for (const auto& [id, watch] : state_.watches)
    for (const CustomKinds::TypePtr& type : before)
      if (watch.call.info.custom == type) ended.push_back(id);
  for (uint64_t id : ended) end_watch(id, nullptr);
}

}  // namespace orrery::apiserver
