#include "core/client/custom_informers.h"

#include "core/base/text.h"

namespace orrery::client {

using Definition = api::CustomType::Definition;

CustomInformers::CustomInformers(Client& client, ports::TaskQueue& queue, Informer& definitions)
    : client_(&client), queue_(&queue), definitions_(&definitions) {
  definitions.add_handler(*this);
}

void CustomInformers::stop() {
  for (auto& [key, entry] : entries_) {
    entry.wanted = false;
    entry.informer->stop();
  }
}

void CustomInformers::resync() {
  for (const auto& [key, object] : definitions_->objects()) follow(*object.as<Definition>());
}

// Listeners learn of the kinds in the order in which the original's did, which the ids of targets tell.
void CustomInformers::copy_from(const CustomInformers& other) {
  std::map<ports::TargetId, const Str*> by_age;
  for (const auto& [key, entry] : other.entries_) by_age[entry.informer->target()] = &key;
  for (const auto& [id, key] : by_age) {
    const Entry& from = other.entries_.at(*key);
    Entry& to = entries_[*key];
    queue_->attach_from(id);
    to.type = from.type;
    to.informer = std::make_unique<Informer>(*client_, *queue_, from.type->kind());
    to.wanted = from.wanted;
    for (Listener* listener : listeners_) listener->on_kind(*to.informer);
    to.informer->restore(from.informer->state());
  }
  queue_->attach_from(0);
}

void CustomInformers::on_change(const Informer&, ports::WatchType, const api::ObjectPtr& before,
                                const api::ObjectPtr& after) {
  if (after)
    follow(*after.as<Definition>());
  else
    drop(before.meta().name);
}

void CustomInformers::drop(const Str& name) {
  std::string prefix = cat(name, "/");
  for (auto& [key, entry] : entries_) {
    if (!entry.wanted || !starts_with(key.view(), prefix)) continue;
    entry.wanted = false;
    entry.informer->stop();
  }
}

// Any served version shows all objects; the stored one is as they were written.
void CustomInformers::follow(const Definition& d) {
  bool established = false;
  for (const auto& c : d.status.conditions) established |= c.type == "Established" && c.status == "True";
  const api::CustomType::Version* version = nullptr;
  for (const auto& v : d.spec.versions)
    if (v.served && (!version || v.storage)) version = &v;
  if (!established || !version) return drop(d.metadata.name);
  Str key(cat(d.metadata.name, "/", version->name, "/", d.spec.scope));
  Entry& entry = entries_[key];
  if (entry.wanted) return;
  drop(d.metadata.name);
  if (!entry.informer) {
    entry.type = std::make_shared<const api::CustomType>(d, *version);
    entry.informer = std::make_unique<Informer>(*client_, *queue_, entry.type->kind());
  }
  entry.wanted = true;
  for (Listener* listener : listeners_) listener->on_kind(*entry.informer);
  entry.informer->start();
}

}  // namespace orrery::client
