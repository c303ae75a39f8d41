#include "core/controllers/job.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/controllers/claim.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::batch_v1::Job;
using api::batch_v1::JobCondition;
using api::core_v1::Pod;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Write;

const JobCondition* job_condition(const Job& job, std::string_view type) {
  return job.status.conditions.find_if([&](const JobCondition& c) { return c.type == type && c.status == "True"; });
}

bool is_finished(const Job& job) { return job_condition(job, "Complete") || job_condition(job, "Failed"); }

std::vector<int32_t> parse_indexes(std::string_view text) {
  std::vector<int32_t> out;
  if (text.empty()) return out;
  for (const std::string& part : split(text, ',')) {
    std::vector<std::string> ends = split(part, '-');
    int64_t first = 0, last = 0;
    if (!parse_int64(ends[0], first)) continue;
    last = first;
    if (ends.size() == 2 && !parse_int64(ends[1], last)) continue;
    for (int64_t i = first; i <= last && i < INT32_MAX; ++i) out.push_back(static_cast<int32_t>(i));
  }
  return out;
}

std::string format_indexes(const std::vector<int32_t>& sorted) {
  std::string out;
  for (size_t i = 0; i < sorted.size();) {
    size_t end = i;
    while (end + 1 < sorted.size() && sorted[end + 1] == sorted[end] + 1) ++end;
    if (!out.empty()) out += ',';
    out += cat(sorted[i]);
    if (end > i) out += cat(end == i + 1 ? "," : "-", sorted[end]);
    i = end + 1;
  }
  return out;
}

namespace {

constexpr Duration kBackoffMin = seconds(10);
constexpr Duration kBackoffMax = seconds(600);
constexpr int32_t kCreationsMax = 500;

bool indexed(const Job& job) { return job.spec.completionMode && *job.spec.completionMode == "Indexed"; }

int32_t index_of(const Pod& pod) {
  int64_t n = -1;
  const Str* text = pod.metadata.annotations.find(kJobIndex);
  return text && parse_int64(*text, n) && n >= 0 && n < INT32_MAX ? static_cast<int32_t>(n) : -1;
}

WallTime finished_at(const Pod& pod) {
  WallTime last;
  for (const auto& c : pod.status.containerStatuses)
    if (c.state.terminated && (!last.is_set() || c.state.terminated->finishedAt > last)) last = c.state.terminated->finishedAt;
  return last.is_set() ? last : pod.metadata.creationTimestamp;
}

class Pass {
 public:
  Pass(const JobView& view, const Attempt& attempt)
      : attempt_(attempt), was_(*view.job), job_(*view.job), about_(client::event_target(ObjectPtr(view.job))) {
    Claim claimed = claim(api::kind<Job>(), job_.metadata, *job_.spec.selector, view.candidates);
    plan_.writes = std::move(claimed.writes);
    pods_ = as_pods(claimed.owned);
  }

  Plan run() {
    sort_pods();
    if (is_finished(was_)) {
      release_counted(true);
      return std::move(plan_);
    }
    count_finished();
    bool suspended = job_.spec.suspend.value_or(false);
    start_or_suspend(suspended);
    judge(suspended);
    if (ending_.empty() && !suspended)
      manage();
    else
      delete_active(static_cast<int32_t>(active_.size()));
    tell_status();
    release_counted(false);
    std::stable_sort(plan_.writes.begin(), plan_.writes.end(),
                     [](const Write& a, const Write& b) { return a.stage < b.stage; });
    return std::move(plan_);
  }

 private:
  void sort_pods() {
    for (const PodPtr& pod : pods_) {
      if (is_terminal(*pod)) {
        ended_.push_back(pod);
      } else if (pod->metadata.deletionTimestamp) {
        ++terminating_;
        if (!waits_for_end()) lost_.push_back(pod);
      } else {
        active_.push_back(pod);
      }
    }
  }

  // podReplacementPolicy Failed: a pod that is being deleted counts when it has ended; else at once, as failed.
  bool waits_for_end() const { return job_.spec.podReplacementPolicy && *job_.spec.podReplacementPolicy == "Failed"; }

  bool tracked(const Pod& pod) const { return pod.metadata.finalizers.contains(kJobTracking); }

  // Counts each ended pod once: those that still carry the finalizer and aren't named as counted.
  void count_finished() {
    List<Str> succeeded, failed;
    if (job_.status.uncountedTerminatedPods) {
      succeeded = job_.status.uncountedTerminatedPods->succeeded;
      failed = job_.status.uncountedTerminatedPods->failed;
    }
    std::set<Str> carrying;
    for (const PodPtr& pod : pods_)
      if (tracked(*pod)) carrying.insert(pod->metadata.uid);
    // Those without the finalizer no longer need to be named.
    auto settled = [&](const Str& uid) { return carrying.count(uid) == 0; };
    succeeded.erase_if(settled);
    failed.erase_if(settled);
    std::vector<int32_t> indexes = parse_indexes(job_.status.completedIndexes);
    std::set<int32_t> done(indexes.begin(), indexes.end());
    Pods over = ended_;
    if (!job_.spec.suspend.value_or(false)) over.insert(over.end(), lost_.begin(), lost_.end());
    for (const PodPtr& pod : over) {
      const Str& uid = pod->metadata.uid;
      if (!tracked(*pod) || succeeded.contains(uid) || failed.contains(uid)) continue;
      bool good = pod->status.phase == "Succeeded";
      if (good && indexed(job_)) {
        int32_t i = index_of(*pod);
        if (i >= 0 && i < job_.spec.completions.value_or(0)) done.insert(i);
        succeeded.push_back(uid);
      } else if (good) {
        ++job_.status.succeeded;
        succeeded.push_back(uid);
      } else {
        ++job_.status.failed;
        failed.push_back(uid);
      }
    }
    if (indexed(job_)) {
      job_.status.completedIndexes = format_indexes({done.begin(), done.end()});
      job_.status.succeeded = static_cast<int32_t>(done.size());
      done_ = std::move(done);
    }
    job_.status.uncountedTerminatedPods.mut().succeeded = std::move(succeeded);
    job_.status.uncountedTerminatedPods.mut().failed = std::move(failed);
  }

  void set_condition(const char* type, const char* status, const char* reason, std::string message) {
    JobCondition c;
    c.type = type;
    c.status = status;
    c.reason = reason;
    c.message = message;
    c.lastProbeTime = c.lastTransitionTime = stamp(attempt_.now);
    if (JobCondition* old = job_.status.conditions.mut_if([&](const JobCondition& x) { return x.type == type; })) {
      if (!(old->status == c.status) || !(old->reason == c.reason)) *old = std::move(c);
      return;
    }
    job_.status.conditions.push_back(std::move(c));
  }

  void start_or_suspend(bool suspended) {
    const JobCondition* mark =
        job_.status.conditions.find_if([](const JobCondition& c) { return c.type == "Suspended"; });
    bool was_suspended = mark && mark->status == "True";
    if (suspended && !was_suspended) {
      set_condition("Suspended", "True", "JobSuspended", "Job suspended");
      job_.status.startTime = {};
      plan_.notes.push_back({about_, "Normal", "Suspended", "Job suspended"});
    } else if (!suspended && was_suspended) {
      set_condition("Suspended", "False", "JobResumed", "Job resumed");
      job_.status.startTime = stamp(attempt_.now);
      plan_.notes.push_back({about_, "Normal", "Resumed", "Job resumed"});
    } else if (!suspended && !job_.status.startTime.is_set()) {
      job_.status.startTime = stamp(attempt_.now);
    }
  }

  int32_t restarts() const {
    int32_t n = 0;
    if (!(job_.spec.template_.spec.restartPolicy == "OnFailure")) return 0;
    for (const PodPtr& pod : active_)
      for (const auto& c : pod->status.containerStatuses) n += c.restartCount;
    return n;
  }

  // Whether the job is over. First the target is told (FailureTarget, SuccessCriteriaMet); when all pods have ended, the end.
  void judge(bool suspended) {
    const JobCondition* failing = job_condition(job_, "FailureTarget");
    const JobCondition* succeeding = job_condition(job_, "SuccessCriteriaMet");
    if (!failing && !succeeding) {
      int32_t limit = job_.spec.backoffLimit.value_or(6);
      if (job_.status.failed > limit || restarts() > limit) {
        set_condition("FailureTarget", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
      } else if (past_deadline(suspended)) {
        set_condition("FailureTarget", "True", "DeadlineExceeded", "Job was active longer than specified deadline");
      } else if (reached()) {
        set_condition("SuccessCriteriaMet", "True", "CompletionsReached",
                      "Reached expected number of succeeded pods");
      }
      failing = job_condition(job_, "FailureTarget");
      succeeding = job_condition(job_, "SuccessCriteriaMet");
    }
    if (!failing && !succeeding) return;
    ending_ = failing ? "Failed" : "Complete";
    const auto& uncounted = *job_.status.uncountedTerminatedPods;
    if (!active_.empty() || terminating_ > 0 || !uncounted.succeeded.empty() || !uncounted.failed.empty()) return;
    JobCondition target = failing ? *failing : *succeeding;
    set_condition(ending_.c_str(), "True", target.reason.c_str(), target.message.str());
    if (failing) {
      plan_.notes.push_back({about_, "Warning", target.reason, target.message});
    } else {
      job_.status.completionTime = stamp(attempt_.now);
      plan_.notes.push_back({about_, "Normal", "Completed", "Job completed"});
    }
  }

  bool past_deadline(bool suspended) {
    if (suspended || !job_.spec.activeDeadlineSeconds || !job_.status.startTime.is_set()) return false;
    Duration left = job_.status.startTime + seconds(*job_.spec.activeDeadlineSeconds) - attempt_.now;
    if (left.ns <= 0) return true;
    look_again(left);
    return false;
  }

  bool reached() const {
    if (job_.spec.completions) return job_.status.succeeded >= *job_.spec.completions;
    return job_.status.succeeded > 0 && active_.empty() && terminating_ == 0;
  }

  void look_again(Duration wait) {
    if (plan_.requeue_after.ns == 0 || wait < plan_.requeue_after) plan_.requeue_after = wait;
  }

  int32_t wanted() const {
    int32_t parallelism = job_.spec.parallelism.value_or(1);
    if (!job_.spec.completions)
      return job_.status.succeeded > 0 ? std::min<int32_t>(static_cast<int32_t>(active_.size()), parallelism) : parallelism;
    return std::min(std::max(0, *job_.spec.completions - job_.status.succeeded), parallelism);
  }

  void manage() {
    int32_t have = static_cast<int32_t>(active_.size());
    int32_t want = wanted();
    if (have > want) return delete_active(have - want);
    if (have >= want) return;
    Duration wait = backoff();
    if (wait.ns > 0) return look_again(wait);
    create_pods(std::min(want - have, kCreationsMax));
  }

  // After failures a new pod waits 10 s, doubled with each failure in a row up to 10 minutes.
  Duration backoff() const {
    WallTime last_failure, last_success;
    for (const PodPtr& pod : ended_) {
      WallTime at = finished_at(*pod);
      WallTime& slot = pod->status.phase == "Failed" ? last_failure : last_success;
      if (!slot.is_set() || at > slot) slot = at;
    }
    int in_a_row = 0;
    for (const PodPtr& pod : ended_)
      in_a_row += pod->status.phase == "Failed" && (!last_success.is_set() || finished_at(*pod) > last_success);
    if (in_a_row == 0 || !last_failure.is_set()) return {};
    Duration wait = kBackoffMin;
    for (int i = 1; i < in_a_row && wait < kBackoffMax; ++i) wait = wait * 2;
    if (wait > kBackoffMax) wait = kBackoffMax;
    return std::max(last_failure + wait - attempt_.now, Duration{});
  }

  std::vector<int32_t> free_indexes(int32_t count) const {
    std::set<int32_t> taken = done_;
    for (const PodPtr& pod : active_) taken.insert(index_of(*pod));
    std::vector<int32_t> out;
    for (int32_t i = 0; i < job_.spec.completions.value_or(0) && static_cast<int32_t>(out.size()) < count; ++i)
      if (!taken.count(i)) out.push_back(i);
    return out;
  }

  void create_pods(int32_t count) {
    api::meta_v1::OwnerReference owner = client::controller_ref(api::kind<Job>(), job_.metadata);
    Pod pod = pod_from_template(job_.spec.template_, owner, job_.metadata.namespace_, job_.metadata.name);
    pod.metadata.finalizers.push_back(kJobTracking);
    if (pod.spec.restartPolicy.empty()) pod.spec.restartPolicy = "Never";
    std::vector<int32_t> indexes;
    if (indexed(job_)) {
      indexes = free_indexes(count);
      count = static_cast<int32_t>(indexes.size());
    }
    Str why = cat(job_.metadata.name, ": ", job_.status.succeeded, " of ",
                  job_.spec.completions ? cat(*job_.spec.completions) : std::string("any"), " succeeded, ",
                  active_.size(), " running: creating ", count);
    std::vector<Write> writes;
    for (int32_t i = 0; i < count; ++i) {
      Pod one = pod;
      if (indexed(job_)) set_index(one, indexes[static_cast<size_t>(i)]);
      Write w = client::create(api::make_object(std::move(one)), why);
      w.on_success = Note{about_, "Normal", "SuccessfulCreate", "Created pod: {name}"};
      w.on_failure = Note{about_, "Warning", "FailedCreate", "Error creating: {error}"};
      writes.push_back(std::move(w));
    }
    client::slow_start(writes, 1);
    for (Write& w : writes) plan_.writes.push_back(std::move(w));
  }

  void set_index(Pod& pod, int32_t index) const {
    pod.metadata.generateName = cat(job_.metadata.name, "-", index, "-");
    pod.metadata.annotations.set(kJobIndex, cat(index));
    pod.metadata.labels.set(kJobIndex, cat(index));
    if (pod.spec.hostname.empty()) pod.spec.hostname = cat(job_.metadata.name, "-", index);
    api::core_v1::EnvVar env;
    env.name = "JOB_COMPLETION_INDEX";
    env.valueFrom.mut().fieldRef.mut().fieldPath = cat("metadata.labels['", kJobIndex, "']");
    for (List<api::core_v1::Container>* containers : {&pod.spec.initContainers, &pod.spec.containers})
      for (uint32_t i = 0; i < containers->size(); ++i) containers->mut(i).env.push_back(env);
  }

  void delete_active(int32_t count) {
    Pods victims = active_;
    rank_for_deletion(victims, victims, attempt_.now);
    for (int32_t i = 0; i < count; ++i) {
      const PodPtr& pod = victims[static_cast<size_t>(i)];
      Write w = client::remove(ObjectPtr(pod), ending_.empty() ? Str(cat(job_.metadata.name, " wants fewer pods now"))
                                                               : Str(cat(job_.metadata.name, " is over")));
      w.stage = 1;
      w.on_success = Note{about_, "Normal", "SuccessfulDelete", "Deleted pod: {name}"};
      plan_.writes.push_back(std::move(w));
    }
  }

  void tell_status() {
    job_.status.active = static_cast<int32_t>(active_.size());
    int32_t ready = 0;
    for (const PodPtr& pod : active_) ready += is_ready(*pod);
    job_.status.ready = ready;
    job_.status.terminating = terminating_;
    if (job_.status == was_.status) return;
    Job told = was_;
    told.status = job_.status;
    Write w = client::update_status(api::make_object(std::move(told)),
                                    cat(job_.metadata.name, ": ", job_.status.active, " running, ",
                                        job_.status.succeeded, " succeeded, ", job_.status.failed, " failed"));
    plan_.writes.push_back(std::move(w));
  }

  // Lets go of ended pods that the status, as it is stored or is about to be, has counted.
  void release_counted(bool all) {
    for (const PodPtr& pod : pods_) {
      bool ended = is_terminal(*pod) || (pod->metadata.deletionTimestamp && !waits_for_end());
      if (!tracked(*pod) || !(ended || all)) continue;
      Pod free = *pod;
      free.metadata.finalizers.erase_if([](const Str& f) { return f == kJobTracking; });
      Write w = client::update(api::make_object(std::move(free)), cat(pod->metadata.name, " has been counted"));
      w.stage = 1;
      w.fine = Reason::NotFound;
      plan_.writes.push_back(std::move(w));
    }
  }

  const Attempt& attempt_;
  const Job& was_;
  Job job_;
  client::EventTarget about_;
  Pods pods_, active_, ended_, lost_;
  std::set<int32_t> done_;
  int32_t terminating_ = 0;
  std::string ending_;
  Plan plan_;
};

}  // namespace

Plan plan_job(const JobView& view, const Attempt& attempt) {
  if (!view.job->spec.selector || view.job->spec.managedBy || view.job->metadata.deletionTimestamp) return {};
  return Pass(view, attempt).run();
}

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

// Pods of a job that is gone, or going, are counted by nobody: they are let go.
Plan JobController::let_orphans_go(const Key& key, const Job* job) const {
  Plan plan;
  for (const ObjectPtr& object : pods_->lookup(by_label, label_value(key.ns, "batch.kubernetes.io/job-name", key.name))) {
    const auto* owner = client::controller_of(object.meta());
    if (!object.meta().finalizers.contains(kJobTracking)) continue;
    if (job && owner && owner->uid == job->metadata.uid && !job->metadata.deletionTimestamp) continue;
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
  if (!view.job || view.job->metadata.deletionTimestamp) return let_orphans_go(key, view.job.get());
  view.candidates = claim_candidates(*pods_, view.job->metadata, view.job->spec.selector);
  return plan_job(view, attempt);
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
