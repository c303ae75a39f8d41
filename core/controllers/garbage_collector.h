// Garbage collector: deletes objects whose owners are all gone, and sees foreground and orphaning deletions through.
// Source: pkg/controller/garbagecollector. Its graph is the informers' index of owner uids.
#pragma once

#include "core/client/custom_informers.h"
#include "core/client/reconciler.h"

namespace orrery::controllers {

// What is known of one owner reference.
struct OwnerView {
  api::meta_v1::OwnerReference ref;
  const api::KindInfo* kind = nullptr;  // null: not a kind we know, so nothing can be said
  client::Key key;
  api::ObjectPtr object;  // null: not in the cache
};
struct GarbageView {
  api::ObjectPtr object;
  std::vector<OwnerView> owners;
  std::vector<api::ObjectPtr> dependents;  // only asked for while the object is being deleted, or when it is to be
};
client::Plan plan_garbage(const GarbageView& view);

class GarbageCollector final : public client::Controller, private client::CustomInformers::Listener {
 public:
  Str name() const override { return "generic-garbage-collector"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  void on_kind(client::Informer& informer) override;
  client::Key key_for(const client::Informer& informer, const api::ObjectPtr& object) const;
  void enqueue_dependents(const Str& uid);
  void enqueue_owners(const api::ObjectPtr& object);
  const client::Informer* informer_of(std::string_view api_version, std::string_view kind) const;
  std::vector<api::ObjectPtr> dependents_of(const Str& uid) const;

  std::vector<client::Informer*> informers_;
};

}  // namespace orrery::controllers
