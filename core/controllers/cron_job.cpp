#include "core/controllers/cron_job.h"

#include <algorithm>

#include "core/controllers/job.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::batch_v1::CronJob;
using api::batch_v1::Job;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Write;

namespace {

using JobPtr = std::shared_ptr<const Job>;
constexpr int kMissedMax = 100;  // beyond, the times missed are no longer counted one by one

bool utc(const std::optional<Str>& zone) {
  return !zone || zone->empty() || *zone == "Etc/UTC" || *zone == "UTC" || *zone == "Etc/GMT" || *zone == "GMT";
}

api::core_v1::ObjectReference reference_to_job(const Job& job) {
  api::core_v1::ObjectReference ref;
  ref.kind = "Job";
  ref.apiVersion = "batch/v1";
  ref.namespace_ = job.metadata.namespace_;
  ref.name = job.metadata.name;
  ref.uid = job.metadata.uid;
  ref.resourceVersion = job.metadata.resourceVersion;
  return ref;
}

class CronJobPass {
 public:
  CronJobPass(const CronJobView& view, const Attempt& attempt)
      : view_(view), attempt_(attempt), cron_(*view.cron), about_(client::event_target(ObjectPtr(view.cron))) {}

  Plan run() {
    note_finished();
    trim(cron_.spec.successfulJobsHistoryLimit.value_or(3), "Complete");
    trim(cron_.spec.failedJobsHistoryLimit.value_or(1), "Failed");
    if (!cron_.spec.suspend.value_or(false) && !cron_.metadata.deletionTimestamp) schedule();
    if (!(cron_.status == view_.cron->status)) {
      Write w = client::update_status(api::make_object(cron_), cat(cron_.metadata.name, " has ", cron_.status.active.size(),
                                                                   " jobs running"));
      w.stage = plan_.next_stage();
      plan_.writes.push_back(std::move(w));
    }
    return std::move(plan_);
  }

 private:
  void note_finished() {
    List<api::core_v1::ObjectReference> active;
    for (const JobPtr& job : view_.jobs) {
      bool listed = cron_.status.active.find_if([&](const auto& ref) { return ref.uid == job->metadata.uid; }) != nullptr;
      if (!is_finished(*job)) {
        active.push_back(reference_to_job(*job));
        continue;
      }
      const auto* complete = job_condition(*job, "Complete");
      if (listed)
        plan_.notes.push_back({about_, "Normal", "SawCompletedJob",
                               cat("Saw completed job: ", job->metadata.name, ", condition: ",
                                   complete ? "Complete" : "Failed")});
      if (complete && job->status.completionTime.is_set() &&
          (!cron_.status.lastSuccessfulTime.is_set() || job->status.completionTime > cron_.status.lastSuccessfulTime))
        cron_.status.lastSuccessfulTime = job->status.completionTime;
    }
    // Versions of the jobs would make every change of theirs a change of ours.
    for (uint32_t i = 0; i < active.size(); ++i)
      if (const auto* old = cron_.status.active.find_if([&](const auto& ref) { return ref.uid == active[i].uid; }))
        active.mut(i) = *old;
    cron_.status.active = std::move(active);
  }

  void trim(int32_t limit, const char* how) {
    std::vector<JobPtr> done;
    for (const JobPtr& job : view_.jobs)
      if (job_condition(*job, how)) done.push_back(job);
    std::stable_sort(done.begin(), done.end(), [](const JobPtr& a, const JobPtr& b) {
      if (a->status.startTime != b->status.startTime) return a->status.startTime < b->status.startTime;
      return a->metadata.name < b->metadata.name;
    });
    for (int32_t i = 0; i + limit < static_cast<int32_t>(done.size()); ++i) remove(done[static_cast<size_t>(i)], "older than the history limit");
  }

  void remove(const JobPtr& job, const char* why) {
    Write w = client::remove(ObjectPtr(job), cat(job->metadata.name, " is ", why));
    w.removal.propagation = "Background";
    w.on_success = Note{about_, "Normal", "SuccessfulDelete", "Deleted job {name}"};
    w.on_failure = Note{about_, "Warning", "FailedDelete", "Deleted job: {error}"};
    plan_.writes.push_back(std::move(w));
  }

  void schedule() {
    auto parsed = CronSchedule::parse(cron_.spec.schedule);
    if (!parsed.ok()) {
      plan_.notes.push_back({about_, "Warning", "UnparseableSchedule",
                             cat("unparseable schedule: ", cron_.spec.schedule, " : ", parsed.error().message)});
      return;
    }
    if (!utc(cron_.spec.timeZone)) {
      plan_.notes.push_back({about_, "Warning", "UnknownTimeZone",
                             cat("invalid timeZone: \"", *cron_.spec.timeZone, "\": only UTC is known here")});
      return;
    }
    WallTime now = attempt_.now;
    WallTime since = cron_.status.lastScheduleTime.is_set() ? cron_.status.lastScheduleTime
                                                            : cron_.metadata.creationTimestamp;
    if (cron_.spec.startingDeadlineSeconds) {
      WallTime earliest = now - seconds(*cron_.spec.startingDeadlineSeconds);
      if (earliest > since) since = earliest;
    }
    std::optional<WallTime> due, next = parsed->next(since);
    int missed = 0;
    while (next && *next <= now && missed <= kMissedMax) {
      due = next;
      next = parsed->next(*next);
      ++missed;
    }
    if (missed > kMissedMax) {
      plan_.notes.push_back({about_, "Warning", "TooManyMissedTimes",
                             "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"});
      std::optional<WallTime> t = parsed->next(now - minutes(1));
      if (t && *t <= now) due = t;
      next = parsed->next(now);
    }
    if (next) plan_.requeue_after = *next - now + millis(100);
    if (due) start(*due);
  }

  void start(WallTime due) {
    Str name = cat(cron_.metadata.name, "-", due.ns / 60'000'000'000);
    for (const JobPtr& job : view_.jobs)
      if (job->metadata.name == name) return;
    if (!cron_.status.active.empty() && cron_.spec.concurrencyPolicy == "Forbid") {
      plan_.notes.push_back({about_, "Normal", "JobAlreadyActive",
                             "Not starting job because prior execution is running and concurrency policy is Forbid"});
      cron_.status.lastScheduleTime = stamp(due);
      return;
    }
    if (cron_.spec.concurrencyPolicy == "Replace")
      for (const JobPtr& job : view_.jobs)
        if (!is_finished(*job)) remove(job, "replaced by the next one");
    Job job;
    job.metadata.namespace_ = cron_.metadata.namespace_;
    job.metadata.name = name;
    job.metadata.labels = cron_.spec.jobTemplate.metadata.labels;
    job.metadata.annotations = cron_.spec.jobTemplate.metadata.annotations;
    job.metadata.annotations.set("batch.kubernetes.io/cronjob-scheduled-timestamp", format_rfc3339(due));
    job.metadata.ownerReferences.push_back(client::controller_ref(api::kind<CronJob>(), cron_.metadata));
    job.spec = cron_.spec.jobTemplate.spec;
    Write w = client::create(api::make_object(std::move(job)), cat("it is ", format_rfc3339(due), ": time for ",
                                                                  cron_.metadata.name, " (", cron_.spec.schedule, ")"));
    w.fine = Reason::AlreadyExists;
    w.stage = plan_.next_stage();
    w.on_success = Note{about_, "Normal", "SuccessfulCreate", "Created job {name}"};
    w.on_failure = Note{about_, "Warning", "FailedCreate", "Error creating job: {error}"};
    plan_.writes.push_back(std::move(w));
    cron_.status.lastScheduleTime = stamp(due);
  }

  const CronJobView& view_;
  const Attempt& attempt_;
  CronJob cron_;
  client::EventTarget about_;
  Plan plan_;
};

}  // namespace

Plan plan_cron_job(const CronJobView& view, const Attempt& attempt) { return CronJobPass(view, attempt).run(); }

void CronJobController::setup(client::InformerSet& informers) {
  crons_ = &informers.of<CronJob>();
  crons_->add_handler(*this);
  jobs_ = &informers.of<Job>();
  jobs_->add_index(client::by_owner_uid, client::same_owners);
  jobs_->add_handler(*this);
}

void CronJobController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                  const ObjectPtr& after) {
  const auto& meta = (after ? after : before).meta();
  if (&informer == crons_) return queue().add(client::key_of(meta));
  const auto* owner = client::controller_of(meta);
  if (owner && owner->kind == "CronJob") queue().add({meta.namespace_, owner->name});
}

Plan CronJobController::plan(const Key& key, const Attempt& attempt) {
  CronJobView view;
  view.cron = crons_->find(key).get<CronJob>();
  if (!view.cron) return {};
  for (const ObjectPtr& job : jobs_->lookup(client::by_owner_uid, view.cron->metadata.uid))
    view.jobs.push_back(job.get<Job>());
  return plan_cron_job(view, attempt);
}

}  // namespace orrery::controllers
