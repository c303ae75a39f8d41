// Job: runs pods until enough of them succeeded. Source: pkg/controller/job.
// Finished pods carry the finalizer batch.kubernetes.io/job-tracking until the status has counted them, so that none is
// lost or counted twice: status.uncountedTerminatedPods names those that are counted but still carry it.
#pragma once

#include "core/api/gen/batch_v1.h"
#include "core/client/reconciler.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

inline constexpr const char* kJobTracking = "batch.kubernetes.io/job-tracking";
inline constexpr const char* kJobIndex = "batch.kubernetes.io/job-completion-index";

struct JobView {
  std::shared_ptr<const api::batch_v1::Job> job;
  std::vector<api::ObjectPtr> candidates;  // pods it controls, and orphans of its namespace
};
client::Plan plan_job(const JobView& view, const client::Attempt& attempt);

const api::batch_v1::JobCondition* job_condition(const api::batch_v1::Job& job, std::string_view type);
bool is_finished(const api::batch_v1::Job& job);  // Complete or Failed

class JobController final : public client::Controller {
 public:
  Str name() const override { return "job-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Plan let_orphans_go(const client::Key& key, const api::batch_v1::Job* job) const;
  client::Informer* jobs_ = nullptr;
  client::Informer* pods_ = nullptr;
};

// Deletes finished Jobs after spec.ttlSecondsAfterFinished. Source: pkg/controller/ttlafterfinished.
class TtlAfterFinishedController final : public client::Controller {
 public:
  Str name() const override { return "ttl-after-finished-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* jobs_ = nullptr;
};

}  // namespace orrery::controllers
