#include "core/controllers/job.h"
#include "core/controllers/job_indexes.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::test;
using namespace orrery::controllers;
using api::batch_v1::Job;

namespace {

Job job(const char* image = "task:1") {
  Job j;
  j.metadata.namespace_ = "default";
  j.metadata.name = "sum";
  j.spec.template_.spec.restartPolicy = "Never";
  j.spec.template_.spec.containers.push_back({});
  j.spec.template_.spec.containers.mut(0).name = "sum";
  j.spec.template_.spec.containers.mut(0).image = image;
  return j;
}

std::string end_of(Cluster& c) {
  auto j = c.get<Job>("sum");
  for (const char* type : {"Complete", "Failed"})
    if (const auto* x = job_condition(*j, type)) return cat(type, " ", x->reason, " ", x->message);
  return "none";
}

struct Tasks : Cluster {
  Tasks() : Cluster(2) {
    kubelets.exiting_images.insert("task:1");
    kubelets.failing_images.insert("task:bad");
  }
};

}  // namespace

TEST_CASE("Job: runs one pod to its end") {
  Tasks c;
  c.create(job());
  c.wait(seconds(2));
  auto j = c.get<Job>("sum");
  CHECK(j->status.succeeded == 1);
  CHECK(j->status.active == 0);
  CHECK(j->status.completionTime.is_set());
  CHECK(end_of(c) == "Complete CompletionsReached Reached expected number of succeeded pods");
  CHECK(c.has_event("Normal Completed job-controller: Job completed"));
  REQUIRE(c.pods().size() == 1);
  CHECK(c.pods()[0].metadata.finalizers.empty());
  CHECK(j->status.uncountedTerminatedPods->succeeded.empty());
}

TEST_CASE("Job: as many completions as asked, as many at a time as allowed") {
  Tasks c;
  c.kubelets.starts_in = seconds(1);
  Job j = job();
  j.spec.completions = 5;
  j.spec.parallelism = 2;
  c.create(j);
  int32_t most = 0;
  for (int i = 0; i < 100; ++i) {
    c.wait(millis(100));
    most = std::max(most, c.get<Job>("sum")->status.active);
  }
  CHECK(most == 2);
  CHECK(c.get<Job>("sum")->status.succeeded == 5);
  CHECK(c.pods().size() == 5);
  CHECK(end_of(c).substr(0, 8) == "Complete");
}

TEST_CASE("Job: failures back off 10 s, 20 s ... and end the job beyond the limit") {
  Tasks c;
  Job j = job("task:bad");
  j.spec.backoffLimit = 2;
  c.create(j);
  c.wait(seconds(5));
  CHECK(c.pods().size() == 1);
  c.wait(seconds(10));
  CHECK(c.pods().size() == 2);
  c.wait(seconds(12));
  CHECK(c.pods().size() == 2);
  c.wait(seconds(10));
  CHECK(c.pods().size() == 3);
  c.wait(seconds(5));
  CHECK(c.get<Job>("sum")->status.failed == 3);
  CHECK(end_of(c) == "Failed BackoffLimitExceeded Job has reached the specified backoff limit");
  CHECK(c.has_event("Warning BackoffLimitExceeded job-controller: Job has reached the specified backoff limit"));
}

TEST_CASE("Job: indexed, each index once") {
  Tasks c;
  Job j = job();
  j.spec.completions = 3;
  j.spec.parallelism = 3;
  j.spec.completionMode = Str("Indexed");
  c.create(j);
  c.wait(seconds(3));
  CHECK(c.get<Job>("sum")->status.completedIndexes == "0-2");
  std::set<Str> indexes;
  for (const Pod& p : c.pods()) {
    indexes.insert(p.metadata.annotations.get(kJobIndex));
    CHECK(p.spec.hostname == cat("sum-", p.metadata.annotations.get(kJobIndex)));
  }
  CHECK(indexes.size() == 3);
  CHECK(format_indexes({0, 1, 2, 5, 7, 8}) == "0-2,5,7,8");
  CHECK(parse_indexes("0-2,5,7,8") == std::vector<int32_t>{0, 1, 2, 5, 7, 8});
}

TEST_CASE("Job: deadline, suspension and time to live") {
  Tasks c;
  SUBCASE("a deadline ends it") {
    Job j = job("web:1");
    j.spec.activeDeadlineSeconds = 20;
    c.create(j);
    c.wait(seconds(15));
    CHECK(c.get<Job>("sum")->status.active == 1);
    c.wait(seconds(10));
    CHECK(end_of(c) == "Failed DeadlineExceeded Job was active longer than specified deadline");
    CHECK(c.pods().empty());
  }
  SUBCASE("a suspended job has no pods") {
    Job j = job();
    j.spec.suspend = true;
    c.create(j);
    c.wait(seconds(2));
    CHECK(c.pods().empty());
    Job now = *c.get<Job>("sum");
    CHECK(now.status.conditions[0].reason == "JobSuspended");
    now.spec.suspend = false;
    c.update(now);
    c.wait(seconds(3));
    CHECK(end_of(c).substr(0, 8) == "Complete");
  }
  SUBCASE("a finished job goes after its time, with its pods") {
    Job j = job();
    j.spec.ttlSecondsAfterFinished = 30;
    c.create(j);
    c.wait(seconds(25));
    CHECK(c.get<Job>("sum") != nullptr);
    c.wait(seconds(15));
    CHECK(c.get<Job>("sum") == nullptr);
    CHECK(c.pods().empty());
  }
  SUBCASE("deleting a running job leaves no pods behind") {
    c.create(job("web:1"));
    c.wait(seconds(2));
    client::Removal how;
    how.propagation = "Background";
    c.remove<Job>("sum", how);
    c.wait(seconds(5));
    CHECK(c.pods().empty());
  }
}

namespace {

Job indexed_job(const char* image, int32_t completions) {
  Job j = job(image);
  j.spec.completionMode = "Indexed";
  j.spec.completions = completions;
  j.spec.parallelism = completions;
  return j;
}

api::batch_v1::PodFailurePolicyRule on_exit_codes(const char* action, int32_t code) {
  api::batch_v1::PodFailurePolicyRule rule;
  rule.action = action;
  rule.onExitCodes.mut().operator_ = "In";
  rule.onExitCodes.mut().values.push_back(code);
  return rule;
}

}  // namespace

// https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
TEST_CASE("Job: a FailJob rule ends the job at the first failure that matches") {
  Tasks c;
  Job j = job("task:bad");
  j.spec.podFailurePolicy.mut().rules.push_back(on_exit_codes("FailJob", 1));
  c.create(j);
  c.wait(seconds(5));
  REQUIRE(c.pods().size() == 1);
  CHECK(end_of(c) == cat("Failed PodFailurePolicy Container sum for pod default/", c.pods()[0].metadata.name,
                         " failed with exit code 1 matching FailJob rule at index 0"));
}

TEST_CASE("Job: an ignored failure does not count, and a new pod takes its place") {
  Tasks c;
  Job j = job("task:bad");
  j.spec.backoffLimit = 0;
  j.spec.podFailurePolicy.mut().rules.push_back(on_exit_codes("Ignore", 1));
  c.create(j);
  c.wait(seconds(25));
  auto now = c.get<Job>("sum");
  CHECK(now->status.failed == 0);
  CHECK(end_of(c) == "none");
  CHECK(c.pods().size() >= 2);
}

// https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index
TEST_CASE("Job: each index has its own limit of failures; the job fails when all have ended") {
  Tasks c;
  Job j = indexed_job("task:bad", 2);
  j.spec.backoffLimitPerIndex = 1;
  c.create(j);
  c.wait(seconds(5));
  CHECK(c.pods().size() == 2);  // the second try of each waits 10 s
  c.wait(seconds(60));
  auto now = c.get<Job>("sum");
  CHECK(now->status.failed == 4);
  REQUIRE(now->status.failedIndexes);
  CHECK(*now->status.failedIndexes == "0,1");
  CHECK(end_of(c) == "Failed FailedIndexes Job has failed indexes");
  int second_tries = 0;
  for (const auto& pod : c.pods())
    second_tries += pod.metadata.annotations.get("batch.kubernetes.io/job-index-failure-count") == "1";
  CHECK(second_tries == 2);
}

TEST_CASE("Job: more failed indexes than allowed end it at once") {
  Tasks c;
  Job j = indexed_job("task:bad", 3);
  j.spec.backoffLimitPerIndex = 0;
  j.spec.maxFailedIndexes = 1;
  j.spec.parallelism = 1;
  c.create(j);
  c.wait(seconds(60));
  CHECK(end_of(c) == "Failed MaxFailedIndexesExceeded Job has exceeded the specified maximal number of failed indexes");
  CHECK(c.pods().size() == 2);
}

// https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy
TEST_CASE("Job: a success policy's rule ends it before all indexes have succeeded") {
  Tasks c;
  c.kubelets.starts_in = seconds(1);
  Job j = indexed_job("task:1", 10);
  j.spec.parallelism = 1;
  j.spec.successPolicy.mut().rules.push_back({});
  j.spec.successPolicy.mut().rules.mut(0).succeededIndexes = "0,2-3";
  j.spec.successPolicy.mut().rules.mut(0).succeededCount = 1;
  c.create(j);
  c.wait(seconds(10));
  CHECK(end_of(c) == "Complete SuccessPolicy Matched rules at index 0");
  CHECK(c.get<Job>("sum")->status.succeeded == 1);
}
