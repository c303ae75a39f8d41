// CronJob: makes a Job at each time of its schedule. Source: pkg/controller/cronjob.
#pragma once

#include "core/api/gen/batch_v1.h"
#include "core/client/reconciler.h"
#include "core/controllers/cron.h"

namespace orrery::controllers {

struct CronJobView {
  std::shared_ptr<const api::batch_v1::CronJob> cron;
  std::vector<std::shared_ptr<const api::batch_v1::Job>> jobs;  // that it controls
};
client::Plan plan_cron_job(const CronJobView& view, const client::Attempt& attempt);

class CronJobController final : public client::Controller {
 public:
  Str name() const override { return "cronjob-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* crons_ = nullptr;
  client::Informer* jobs_ = nullptr;
};

}  // namespace orrery::controllers
