#include "core/controllers/job.h"

#include <iterator>

#include "core/client/match.h"
#include "core/controllers/claim.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::batch_v1::Job;
using api::batch_v1::JobCondition;
using api::core_v1::Pod;
using client::Attempt;
using client::Key;
using client::Plan;
using client::Write;

const JobCondition* job_condition(const Job& job, std::string_view type) {
  return job.status.conditions.find_if([&](const JobCondition& c) { return c.type == type && c.status == "True"; });
}

bool is_finished(const Job& job) { return job_condition(job, "Complete") || job_condition(job, "Failed"); }

void JobController::setup(client::InformerSet& informers) {
  jobs_ = &informers.of<Job>();
  jobs_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  add_claim_indexes(*pods_);
  pods_->add_handler(*this);
}

void JobController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                              const ObjectPtr& after) {
  const auto& meta = (after ? after : before).meta();
  if (&informer == jobs_) return queue().add(client::key_of(meta));
  const auto* owner = client::controller_of(meta);
  if (owner && owner->kind == "Job") queue().add({meta.namespace_, owner->name});
}

// Pods of a job that is gone, or going, are counted by nobody: they are let go, also when another job has its name now.
// Those without owner that a living job selects it adopts. Source: pkg/controller/job/job_controller.go, syncOrphanPod.
Plan JobController::let_orphans_go(const Key& key, const Job* job) const {
  Plan plan;
  for (const ObjectPtr& object :
       pods_->lookup(by_label, label_value(key.ns, "batch.kubernetes.io/job-name", key.name))) {
    const auto* owner = client::controller_of(object.meta());
    if (!object.meta().finalizers.contains(kJobTracking)) continue;
    const bool counted = owner ? job && owner->uid == job->metadata.uid
                               : job && client::matches(job->spec.selector, object.meta().labels);
    if (counted && !job->metadata.deletionTimestamp) continue;
    api::MutableObject free(object);
    free.meta().finalizers.erase_if([](const Str& f) { return f == kJobTracking; });
    Write w = client::update(std::move(free).freeze(), cat("the job ", key.name, " is gone"));
    w.fine = Reason::NotFound;
    plan.writes.push_back(std::move(w));
  }
  return plan;
}

Plan JobController::plan(const Key& key, const Attempt& attempt) {
  JobView view;
  view.job = jobs_->find(key).get<Job>();
  Plan orphans = let_orphans_go(key, view.job.get());
  if (!view.job || view.job->metadata.deletionTimestamp) return orphans;
  view.candidates = claim_candidates(*pods_, view.job->metadata, view.job->spec.selector);
  Plan plan = plan_job(view, attempt);  // its writes stand behind: theirs are of the first stage
  plan.writes.insert(plan.writes.begin(), std::make_move_iterator(orphans.writes.begin()), std::make_move_iterator(orphans.writes.end()));
  return plan;
}

void TtlAfterFinishedController::setup(client::InformerSet& informers) {
  jobs_ = &informers.of<Job>();
  jobs_->add_handler(*this);
}

void TtlAfterFinishedController::on_change(const client::Informer&, ports::WatchType, const ObjectPtr&,
                                           const ObjectPtr& after) {
  const Job* job = after.as<Job>();
  if (job && job->spec.ttlSecondsAfterFinished && is_finished(*job)) queue().add(client::key_of(after));
}

Plan TtlAfterFinishedController::plan(const Key& key, const Attempt& attempt) {
  Plan plan;
  const ObjectPtr& object = jobs_->find(key);
  const Job* job = object.as<Job>();
  if (!job || !job->spec.ttlSecondsAfterFinished || job->metadata.deletionTimestamp) return plan;
  const JobCondition* end = job_condition(*job, "Complete");
  if (!end) end = job_condition(*job, "Failed");
  if (!end) return plan;
  Duration left = end->lastTransitionTime + seconds(*job->spec.ttlSecondsAfterFinished) - attempt.now;
  if (left.ns > 0) {
    plan.requeue_after = left;
    return plan;
  }
  Write w = client::remove(object, cat("it finished ", *job->spec.ttlSecondsAfterFinished, " s ago"));
  w.removal.propagation = "Foreground";
  plan.writes.push_back(std::move(w));
  return plan;
}

}  // namespace orrery::controllers
