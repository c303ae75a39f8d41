#include "core/controllers/cron_job.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::controllers;
using namespace orrery::test;
using api::batch_v1::CronJob;
using api::batch_v1::Job;

namespace {

std::string next(const char* schedule, const char* after) {
  WallTime t;
  REQUIRE(parse_rfc3339(after, t));
  auto parsed = CronSchedule::parse(schedule);
  if (!parsed.ok()) return parsed.error().message.str();
  auto found = parsed->next(t);
  return found ? format_rfc3339(*found) : "never";
}

CronJob cron(const char* schedule, const char* policy = "Allow") {
  CronJob c;
  c.metadata.namespace_ = "default";
  c.metadata.name = "tick";
  c.spec.schedule = schedule;
  c.spec.concurrencyPolicy = policy;
  auto& pod = c.spec.jobTemplate.spec.template_.spec;
  pod.restartPolicy = "Never";
  pod.containers.push_back({});
  pod.containers.mut(0).name = "task";
  pod.containers.mut(0).image = "task:1";
  return c;
}

}  // namespace

TEST_CASE("CronSchedule: when it is next due") {
  struct Case {
    const char *schedule, *after, *expected;
  };
  const Case cases[] = {
      {"* * * * *", "2026-11-22T10:00:00Z", "2026-11-22T10:01:00Z"},
      {"*/15 * * * *", "2026-11-22T10:16:01Z", "2026-11-22T10:30:00Z"},
      {"0 0 * * *", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"},
      {"30 9 * * mon-fri", "2026-11-20T09:30:00Z", "2026-11-23T09:30:00Z"},
      {"0 0 29 2 *", "2026-11-22T00:00:00Z", "2028-02-29T00:00:00Z"},
      {"0 0 13 * 5", "2026-11-22T00:00:00Z", "2026-11-27T00:00:00Z"},
      {"5,10 8-10/2 * jan *", "2026-11-22T00:00:00Z", "2027-01-01T08:05:00Z"},
      {"@hourly", "2026-11-22T10:59:59Z", "2026-11-22T11:00:00Z"},
      {"@every 90s", "2026-11-22T10:00:00Z", "2026-11-22T10:01:30Z"},
      {"0 0 31 2 *", "2026-11-22T00:00:00Z", "never"},
      {"* * * *", "2026-11-22T00:00:00Z", "expected exactly 5 fields, found 4: [* * * *]"},
      {"61 * * * *", "2026-11-22T00:00:00Z", "end of range (61) above maximum (59): 61"},
      {"@often", "2026-11-22T00:00:00Z", "unrecognized descriptor: @often"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.schedule);
    CHECK(next(c.schedule, c.after) == c.expected);
  }
}

TEST_CASE("CronJob: a Job each minute, with its history kept short") {
  Cluster c(2);
  c.kubelets.exiting_images.insert("task:1");
  c.create(cron("* * * * *"));
  c.wait(minutes(2) + seconds(30));
  auto jobs = c.list<Job, api::batch_v1::JobList>();
  CHECK(jobs.size() >= 2);
  CHECK(jobs[0].metadata.ownerReferences[0].kind == "CronJob");
  CHECK(jobs[0].metadata.annotations.contains("batch.kubernetes.io/cronjob-scheduled-timestamp"));
  c.wait(minutes(10));
  CHECK((c.list<Job, api::batch_v1::JobList>().size()) <= 4);
  auto now = c.get<CronJob>("tick");
  CHECK(now->status.lastScheduleTime.is_set());
  CHECK(now->status.lastSuccessfulTime.is_set());
  CHECK(now->status.active.empty());
  CHECK(c.events("SawCompletedJob").size() >= 2);
}

TEST_CASE("CronJob: Forbid skips while one runs, Replace ends it, suspend starts none") {
  Cluster c(2);
  SUBCASE("Forbid") {
    c.create(cron("* * * * *", "Forbid"));
    c.wait(minutes(4));
    CHECK((c.list<Job, api::batch_v1::JobList>().size()) == 1);
    CHECK_FALSE(c.events("JobAlreadyActive").empty());
  }
  SUBCASE("Replace") {
    c.create(cron("* * * * *", "Replace"));
    c.wait(minutes(4));
    CHECK((c.list<Job, api::batch_v1::JobList>().size()) == 1);
    CHECK(c.events("SuccessfulDelete").size() >= 2);
  }
  SUBCASE("suspend") {
    CronJob s = cron("* * * * *");
    s.spec.suspend = true;
    c.create(s);
    c.wait(minutes(4));
    CHECK((c.list<Job, api::batch_v1::JobList>().empty()));
  }
}
