// What is in use stays: a claim while some pod on a node uses it, a volume while it is bound. Both carry a finalizer
// from the start (admission plugin StorageObjectInUseProtection); here it is taken off what is being deleted and no
// longer used, and put on what came without. Source: pkg/controller/volume/{pvcprotection,pvprotection}.
#pragma once

#include "core/client/reconciler.h"
#include "core/client/volumes.h"

namespace orrery::controllers {

class ClaimProtectionController final : public client::Controller {
 public:
  Str name() const override { return "pvc-protection-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* claims_ = nullptr;
  client::Informer* pods_ = nullptr;
};

class VolumeProtectionController final : public client::Controller {
 public:
  Str name() const override { return "pv-protection-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* volumes_ = nullptr;
};

}  // namespace orrery::controllers
