// Makes the claims of pods' generic ephemeral volumes, after the template in the pod and owned by it, so that the
// garbage collector deletes them with the pod. Source: pkg/controller/volume/ephemeral/controller.go
#pragma once

#include "core/client/reconciler.h"

namespace orrery::controllers {

class EphemeralVolumeController final : public client::Controller {
 public:
  Str name() const override { return "ephemeral_volume"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* pods_ = nullptr;
  client::Informer* claims_ = nullptr;
};

}  // namespace orrery::controllers
