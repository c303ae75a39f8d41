// Counts again what each ResourceQuota's namespace uses. Admission charges what is added; this finds what went away,
// and gives a new quota its first figures. Source: pkg/controller/resourcequota.
#pragma once

#include "core/client/reconciler.h"

namespace orrery::controllers {

class ResourceQuotaController final : public client::Controller {
 public:
  Str name() const override { return "resourcequota-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  void queue_quotas_of(const Str& ns);
  client::Informer* quotas_ = nullptr;
  std::vector<client::Informer*> counted_;
};

}  // namespace orrery::controllers
