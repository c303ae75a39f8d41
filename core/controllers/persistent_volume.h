// Binds claims to volumes and releases them again. Keys without a namespace are volumes, the others claims. Each plan
// does the next step only (volume.spec, then volume.status and claim.spec, then claim.status): every write leads to
// another plan, and a crash between two leaves something that the next plan goes on from.
// Source: pkg/controller/volume/persistentvolume/pv_controller.go. The reclaim policy Recycle is not carried out.
#pragma once

#include "core/client/reconciler.h"
#include "core/client/volumes.h"

namespace orrery::controllers {

using client::ClaimPtr;
using client::StorageClassPtr;
using client::VolumePtr;

struct ClaimView {
  ClaimPtr claim;
  std::vector<VolumePtr> volumes;
  StorageClassPtr storage_class;  // of the claim, null when it does not exist
  std::vector<Str> waiting_pods;  // names of those that use it and have no node yet
};
client::Plan plan_claim(const ClaimView& view, const client::Attempt& attempt);

struct VolumeView {
  VolumePtr volume;
  ClaimPtr claim;  // that its claimRef names, null when it is gone
};
client::Plan plan_volume(const VolumeView& view, const client::Attempt& attempt);

class PersistentVolumeController final : public client::Controller {
 public:
  Str name() const override { return "persistentvolume-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  void queue_pending_claims();
  client::Informer* volumes_ = nullptr;
  client::Informer* claims_ = nullptr;
  client::Informer* classes_ = nullptr;
  client::Informer* pods_ = nullptr;
};

}  // namespace orrery::controllers
