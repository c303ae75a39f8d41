#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/controllers/claim.h"
#include "core/controllers/job.h"
#include "core/controllers/job_indexes.h"
#include "core/controllers/job_policy.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::batch_v1::Job;
using api::batch_v1::JobCondition;
using api::core_v1::Pod;
using client::Attempt;
using client::Note;
using client::Plan;
using client::Write;

namespace {

constexpr int32_t kCreationsMax = 500;

bool per_index(const Job& job) { return job.spec.backoffLimitPerIndex.has_value(); }

bool indexed(const Job& job) { return job.spec.completionMode && *job.spec.completionMode == "Indexed"; }

int32_t index_of(const Pod& pod) {
  int64_t n = -1;
  const Str* text = pod.metadata.annotations.find(kJobIndex);
  return text && parse_int64(*text, n) && n >= 0 && n < INT32_MAX ? static_cast<int32_t>(n) : -1;
}

WallTime finished_at(const Pod& pod) {
  WallTime last;
  for (const auto& c : pod.status.containerStatuses)
    if (c.state.terminated && (!last.is_set() || c.state.terminated->finishedAt > last))
      last = c.state.terminated->finishedAt;
  return last.is_set() ? last : pod.metadata.creationTimestamp;
}

class JobPass {
 public:
  JobPass(const JobView& view, const Attempt& attempt)
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
    find_last_failures(over, done);
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
      } else if (judge_failure(job_, *pod).counts && !keeps_count(*pod)) {
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

  // With spec.backoffLimitPerIndex: the indexes that failed for good, and each other index's latest failed pod. That
  // pod keeps its finalizer until its successor exists, since it tells how often the index has failed.
  void find_last_failures(const Pods& over, const std::set<int32_t>& done) {
    if (!per_index(job_)) return;
    std::vector<int32_t> known = parse_indexes(job_.status.failedIndexes ? job_.status.failedIndexes->view() : "");
    failed_indexes_.insert(known.begin(), known.end());
    std::set<int32_t> succeeded = done, running;
    for (const PodPtr& pod : over)
      if (pod->status.phase == "Succeeded") succeeded.insert(index_of(*pod));
    for (const PodPtr& pod : active_) running.insert(index_of(*pod));
    for (const PodPtr& pod : over) {
      int32_t i = index_of(*pod);
      if (pod->status.phase == "Succeeded" || !tracked(*pod) || i < 0 || succeeded.count(i)) continue;
      if (fails_its_index(job_, *pod)) failed_indexes_.insert(i);
      PodPtr& last = last_failure_[i];
      if (!last || failures_of(*pod) >= failures_of(*last)) last = pod;
    }
    for (auto it = last_failure_.begin(); it != last_failure_.end();)
      it = failed_indexes_.count(it->first) || running.count(it->first) ? last_failure_.erase(it) : std::next(it);
    job_.status.failedIndexes = Str(format_indexes({failed_indexes_.begin(), failed_indexes_.end()}));
  }
  bool was_ending() const { return job_condition(was_, "FailureTarget") || job_condition(was_, "SuccessCriteriaMet"); }
  static int32_t failures_of(const Pod& pod) {
    IndexFailures n = index_failures(pod);
    return n.counted + n.ignored;
  }
  bool keeps_count(const Pod& pod) const {
    auto last = last_failure_.find(index_of(pod));
    return !was_ending() && last != last_failure_.end() && last->second->metadata.uid == pod.metadata.uid;
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

  // Whether the job is over. First the target is told (FailureTarget, SuccessCriteriaMet); when all pods have ended,
  // the end.
  void judge(bool suspended) {
    const JobCondition* failing = job_condition(job_, "FailureTarget");
    const JobCondition* succeeding = job_condition(job_, "SuccessCriteriaMet");
    if (!failing && !succeeding) {
      if (!find_failure(suspended)) find_success();
      failing = job_condition(job_, "FailureTarget");
      succeeding = job_condition(job_, "SuccessCriteriaMet");
    }
    if (!failing && !succeeding) return;
    ending_ = failing ? "Failed" : "Complete";
    const auto& uncounted = *job_.status.uncountedTerminatedPods;
    if (!active_.empty() || terminating_ > 0 || !uncounted.succeeded.empty() || !uncounted.failed.empty()) return;
    if (!last_failure_.empty() && !was_ending()) return;  // first they are counted
    JobCondition target = failing ? *failing : *succeeding;
    set_condition(ending_.c_str(), "True", target.reason.c_str(), target.message.str());
    if (failing) {
      plan_.notes.push_back({about_, "Warning", target.reason, target.message});
    } else {
      job_.status.completionTime = stamp(attempt_.now);
      plan_.notes.push_back({about_, "Normal", "Completed", "Job completed"});
    }
  }

  bool find_failure(bool suspended) {
    auto fail = [&](const char* reason, std::string message) {
      set_condition("FailureTarget", "True", reason, std::move(message));
      return true;
    };
    for (const Pods* pods : {&ended_, &lost_})
      for (const PodPtr& pod : *pods)
        if (!(pod->status.phase == "Succeeded"))
          if (std::string why = judge_failure(job_, *pod).fails_job; !why.empty()) return fail("PodFailurePolicy", why);
    int32_t limit = job_.spec.backoffLimit.value_or(6);
    if (job_.status.failed > limit || restarts() > limit)
      return fail("BackoffLimitExceeded", "Job has reached the specified backoff limit");
    if (past_deadline(suspended)) return fail("DeadlineExceeded", "Job was active longer than specified deadline");
    int64_t failed = static_cast<int64_t>(failed_indexes_.size());
    if (job_.spec.maxFailedIndexes && failed > *job_.spec.maxFailedIndexes)
      return fail("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
    if (failed > 0 && failed + static_cast<int64_t>(done_.size()) >= job_.spec.completions.value_or(0))
      return fail("FailedIndexes", "Job has failed indexes");
    return false;
  }

  void find_success() {
    std::string rule = indexed(job_) ? matched_success_rule(job_, done_) : std::string();
    if (!rule.empty())
      set_condition("SuccessCriteriaMet", "True", "SuccessPolicy", std::move(rule));
    else if (reached())
      set_condition("SuccessCriteriaMet", "True", "CompletionsReached", "Reached expected number of succeeded pods");
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
      return job_.status.succeeded > 0 ? std::min<int32_t>(static_cast<int32_t>(active_.size()), parallelism)
                                       : parallelism;
    int32_t left = *job_.spec.completions - job_.status.succeeded - static_cast<int32_t>(failed_indexes_.size());
    return std::min(std::max(0, left), parallelism);
  }

  void manage() {
    int32_t have = static_cast<int32_t>(active_.size());
    int32_t want = wanted();
    if (have > want) return delete_active(have - want);
    if (have >= want) return;
    if (per_index(job_)) return create_pods(std::min(want - have, kCreationsMax));
    Duration wait = backoff();
    if (wait.ns > 0) return look_again(wait);
    create_pods(std::min(want - have, kCreationsMax));
  }

  // How long a new pod still waits after failures.
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
    Duration wait = backoff_after(in_a_row);
    return std::max(last_failure + wait - attempt_.now, Duration{});
  }

  std::vector<int32_t> free_indexes(int32_t count) {
    std::set<int32_t> taken = done_;
    taken.insert(failed_indexes_.begin(), failed_indexes_.end());
    for (const PodPtr& pod : active_) taken.insert(index_of(*pod));
    for (const auto& [i, pod] : last_failure_) {  // each index waits for itself
      Duration wait = finished_at(*pod) + backoff_after(failures_of(*pod) + 1) - attempt_.now;
      if (wait.ns <= 0) continue;
      taken.insert(i);
      look_again(wait);
    }
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
    if (per_index(job_)) {
      auto last = last_failure_.find(index);
      IndexFailures n = last == last_failure_.end() ? IndexFailures() : index_failures_after(job_, *last->second);
      pod.metadata.annotations.set(kIndexFailures, cat(n.counted));
      if (n.ignored > 0) pod.metadata.annotations.set(kIndexIgnored, cat(n.ignored));
    }
    if (pod.spec.hostname.empty()) pod.spec.hostname = cat(job_.metadata.name, "-", index);
    api::core_v1::EnvVar env;
    env.name = "JOB_COMPLETION_INDEX";
    env.valueFrom.mut().fieldRef.mut().fieldPath = cat("metadata.labels['", kJobIndex, "']");
    for (List<api::core_v1::Container>* containers : {&pod.spec.initContainers, &pod.spec.containers})
      for (uint32_t i = 0; i < containers->size(); ++i) {
        bool own = (*containers)[i].env.find_if([&](const auto& e) { return e.name == env.name; });
        if (!own) containers->mut(i).env.push_back(env);
      }
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
      if (!tracked(*pod) || !(ended || all) || (!all && keeps_count(*pod))) continue;
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
  std::set<int32_t> done_, failed_indexes_;
  std::map<int32_t, PodPtr> last_failure_;
  int32_t terminating_ = 0;
  std::string ending_;
  Plan plan_;
};

}  // namespace

Plan plan_job(const JobView& view, const Attempt& attempt) {
  if (!view.job->spec.selector || view.job->spec.managedBy || view.job->metadata.deletionTimestamp) return {};
  return JobPass(view, attempt).run();
}

}  // namespace orrery::controllers
