#include <doctest/doctest.h>

#include <map>

#include "core/controllers/deployment.h"
#include "tests/unit/controllers/make.h"

using namespace orrery;
using namespace orrery::controllers;
using namespace orrery::test;

namespace {

// Runs plan_deployment against ReplicaSets whose pods come at once or by hand.
struct Model {
  Deployment d;
  std::map<std::string, ReplicaSet> sets;
  int64_t time = 0;
  int uids = 0;
  std::vector<std::string> events;

  explicit Model(int32_t replicas) {
    d.metadata.namespace_ = "default";
    d.metadata.name = "web";
    d.metadata.uid = "uid-web";
    d.metadata.generation = 1;
    d.spec.replicas = replicas;
    d.spec.progressDeadlineSeconds = 600;
    d.spec.revisionHistoryLimit = 10;
    d.spec.selector.mut().matchLabels.set("app", "web");
    d.spec.strategy.type = "RollingUpdate";
    d.spec.template_.metadata.labels.set("app", "web");
    d.spec.template_.spec.containers.push_back({});
    image("web:1");
  }
  void image(const char* image) {
    d.spec.template_.spec.containers.mut(0).image = image;
    ++d.metadata.generation;
  }
  void limits(api::IntOrString surge, api::IntOrString unavailable) {
    d.spec.strategy.rollingUpdate.mut().maxSurge = surge;
    d.spec.strategy.rollingUpdate.mut().maxUnavailable = unavailable;
  }
  client::Plan plan() {
    DeploymentView view;
    view.deployment = std::make_shared<const Deployment>(d);
    for (const auto& [name, set] : sets) view.candidates.push_back(api::make_object(set));
    return plan_deployment(view, attempt_at(time));
  }
  void note(const std::optional<client::Note>& n) {
    if (n) events.push_back(n->message.str());
  }
  // One pass, applied. False when it changed nothing.
  bool pass() {
    client::Plan p = plan();
    for (const client::Note& n : p.notes) note(n);
    for (const client::Write& w : p.writes) {
      note(w.on_success);
      using Op = client::Write::Op;
      if (w.op == Op::UpdateStatus) {
        d.status = w.object.as<Deployment>()->status;
        d.metadata.annotations = w.object.as<Deployment>()->metadata.annotations;
      } else if (w.op == Op::Delete) {
        sets.erase(w.key.name.str());
      } else if (const ReplicaSet* set = w.object.as<ReplicaSet>()) {
        ReplicaSet& mine = sets[w.key.name.str()];
        bool fresh = mine.metadata.uid.empty();
        auto status = mine.status;
        mine = *set;
        mine.status = status;
        if (fresh) mine.metadata.uid = cat("set-", ++uids), mine.metadata.creationTimestamp = at(time + uids);
      } else if (const Deployment* updated = w.object.as<Deployment>()) {
        d.metadata.annotations = updated->metadata.annotations;
      }
    }
    return !p.writes.empty();
  }
  // Pods come and go at once; those of `broken` never get ready.
  void pods(const std::string& broken = "") {
    for (auto& [name, set] : sets) {
      set.status.replicas = *set.spec.replicas;
      bool ok = broken.empty() || !(set.spec.template_.spec.containers[0].image == broken);
      set.status.readyReplicas = set.status.availableReplicas = ok ? *set.spec.replicas : 0;
    }
  }
  void settle(const std::string& broken = "") {
    for (int i = 0; i < 100; ++i) {
      bool changed = pass();
      pods(broken);
      if (!changed && !pass()) return;
    }
    FAIL("does not settle");
  }
  int32_t size(const char* image) {
    for (auto& [name, set] : sets)
      if (set.spec.template_.spec.containers[0].image == image) return *set.spec.replicas;
    return -1;
  }
  std::string condition(const char* type) {
    const DeploymentCondition* c = find_condition(d.status, type);
    return c ? cat(c->status, " ", c->reason, " ", c->message) : "none";
  }
  std::string set_name(const char* image) {
    for (auto& [name, set] : sets)
      if (set.spec.template_.spec.containers[0].image == image) return name;
    return {};
  }
};

}  // namespace

TEST_CASE("Deployment: makes a ReplicaSet named by the template's hash, at revision 1") {
  Model m(3);
  m.pass();
  REQUIRE(m.sets.size() == 1);
  const ReplicaSet& set = m.sets.begin()->second;
  Str hash = set.metadata.labels.get("pod-template-hash");
  CHECK(set.metadata.name == cat("web-", hash));
  CHECK(*set.spec.replicas == 3);
  CHECK(set.spec.selector->matchLabels.get("pod-template-hash") == hash);
  CHECK(set.spec.template_.metadata.labels.get("pod-template-hash") == hash);
  CHECK(set.metadata.annotations.get(kRevision) == "1");
  CHECK(set.metadata.annotations.get(kDesiredReplicas) == "3");
  CHECK(set.metadata.annotations.get(kMaxReplicas) == "4");
  CHECK(m.d.metadata.annotations.get(kRevision) == "1");
  CHECK(m.events == std::vector<std::string>{cat("Scaled up replica set web-", hash, " from 0 to 3")});
  CHECK(m.condition("Progressing") == cat("True NewReplicaSetCreated Created new replica set \"web-", hash, "\""));
  CHECK(m.condition("Available") == "False MinimumReplicasUnavailable Deployment does not have minimum availability.");
}

TEST_CASE("Deployment: is complete when all pods are available") {
  Model m(3);
  m.settle();
  CHECK(m.d.status.availableReplicas == 3);
  CHECK(m.d.status.updatedReplicas == 3);
  CHECK(m.d.status.unavailableReplicas == 0);
  CHECK(m.condition("Available") == "True MinimumReplicasAvailable Deployment has minimum availability.");
  CHECK(m.condition("Progressing") == cat("True NewReplicaSetAvailable ReplicaSet \"", m.set_name("web:1"),
                                          "\" has successfully progressed."));
}

TEST_CASE("Deployment: a rolling update never has too many or too few pods") {
  struct Case {
    int32_t replicas;
    api::IntOrString surge, unavailable;
    int32_t most, least;
  };
  auto percent = [](const char* text) { return api::IntOrString::of(Str(text)); };
  auto number = [](int n) { return api::IntOrString::of(n); };
  const Case cases[] = {
      {3, percent("25%"), percent("25%"), 4, 3},    {10, percent("25%"), percent("25%"), 13, 8},
      {4, number(1), number(0), 5, 4},              {4, number(0), number(1), 4, 3},
      {4, number(2), number(2), 6, 2},              {1, percent("25%"), percent("25%"), 2, 1},
      {5, percent("0%"), percent("0%"), 5, 4},      {10, percent("100%"), percent("0%"), 20, 10},
  };
  for (const Case& c : cases) {
    CAPTURE(c.replicas);
    CAPTURE(c.most);
    Model m(c.replicas);
    m.limits(c.surge, c.unavailable);
    m.settle();
    m.image("web:2");
    for (int i = 0; i < 100 && (m.pass() || m.pass()); ++i) {
      int32_t total = 0, available = 0;
      for (auto& [name, set] : m.sets) {
        total += *set.spec.replicas;
        available += std::min(*set.spec.replicas, set.status.availableReplicas);
      }
      CHECK(total <= c.most);
      CHECK(available >= c.least);
      m.pods();
    }
    CHECK(m.size("web:2") == c.replicas);
    CHECK(m.size("web:1") == 0);
    CHECK(m.d.metadata.annotations.get(kRevision) == "2");
  }
}

TEST_CASE("Deployment: the events of an update of 3 pods are those of Kubernetes") {
  Model m(3);
  m.settle();
  m.events.clear();
  m.image("web:2");
  m.settle();
  std::string now = m.set_name("web:2"), old = m.set_name("web:1");
  CHECK(m.events == std::vector<std::string>{
                        cat("Scaled up replica set ", now, " from 0 to 1"),
                        cat("Scaled down replica set ", old, " from 3 to 2"),
                        cat("Scaled up replica set ", now, " from 1 to 2"),
                        cat("Scaled down replica set ", old, " from 2 to 1"),
                        cat("Scaled up replica set ", now, " from 2 to 3"),
                        cat("Scaled down replica set ", old, " from 1 to 0"),
                    });
}

TEST_CASE("Deployment: Recreate takes all old pods down first") {
  Model m(3);
  m.d.spec.strategy.type = "Recreate";
  m.settle();
  m.image("web:2");
  m.pass();
  CHECK(m.size("web:1") == 0);
  CHECK(m.size("web:2") == -1);
  m.pass();
  CHECK(m.size("web:2") == -1);  // the old pods are still there
  m.pods();
  m.settle();
  CHECK(m.size("web:2") == 3);
}

TEST_CASE("Deployment: a rollback takes the old ReplicaSet as the newest revision and keeps the history") {
  Model m(2);
  m.settle();
  m.image("web:2");
  m.settle();
  m.image("web:1");
  m.settle();
  CHECK(m.sets.size() == 2);
  const ReplicaSet& back = m.sets[m.set_name("web:1")];
  CHECK(*back.spec.replicas == 2);
  CHECK(back.metadata.annotations.get(kRevision) == "3");
  CHECK(back.metadata.annotations.get(kRevisionHistory) == "1");
  CHECK(m.d.metadata.annotations.get(kRevision) == "3");
}

TEST_CASE("Deployment: old ReplicaSets beyond the history limit are deleted") {
  Model m(1);
  m.d.spec.revisionHistoryLimit = 2;
  for (const char* image : {"web:1", "web:2", "web:3", "web:4", "web:5"}) {
    m.image(image);
    m.settle();
    for (auto& [name, set] : m.sets) set.status.observedGeneration = set.metadata.generation;
    m.settle();
  }
  CHECK(m.sets.size() == 3);
  CHECK(m.size("web:2") == -1);
  CHECK(m.size("web:3") == 0);
}

TEST_CASE("Deployment: while paused it scales but does not roll out") {
  Model m(2);
  m.settle();
  m.d.spec.paused = true;
  m.image("web:2");
  m.settle();
  CHECK(m.condition("Progressing") == "Unknown DeploymentPaused Deployment is paused");
  CHECK(m.size("web:2") == -1);
  m.d.spec.replicas = 4;
  m.settle();
  CHECK(m.size("web:1") == 4);
  m.d.spec.paused = false;
  m.pass();
  CHECK(m.size("web:2") == 1);
  m.settle();
  CHECK(m.size("web:2") == 4);
}

TEST_CASE("Deployment: scaling during a rollout shares the new pods in proportion") {
  Model m(10);
  m.limits(api::IntOrString::of(3), api::IntOrString::of(2));
  m.settle();
  m.image("web:broken");
  m.settle("web:broken");
  CHECK(m.size("web:1") == 8);
  CHECK(m.size("web:broken") == 5);
  m.d.spec.replicas = 15;
  m.pass();  // the example of Kubernetes' documentation: 3 more for the old one, 2 for the new one
  CHECK(m.size("web:1") == 11);
  CHECK(m.size("web:broken") == 7);
}

TEST_CASE("Deployment: a rollout without progress is reported after the deadline") {
  Model m(2);
  m.d.spec.progressDeadlineSeconds = 60;
  m.settle();
  m.time = 100;
  m.image("web:broken");
  m.settle("web:broken");
  CHECK(m.condition("Progressing").substr(0, 22) == "True ReplicaSetUpdated");
  CHECK(m.plan().requeue_after == seconds(61));
  m.time = 161;
  m.pass();
  CHECK(m.condition("Progressing") == cat("False ProgressDeadlineExceeded ReplicaSet \"", m.set_name("web:broken"),
                                          "\" has timed out progressing."));
  CHECK(m.plan().empty());
  m.image("web:3");
  m.settle();
  CHECK(m.condition("Progressing").substr(0, 27) == "True NewReplicaSetAvailable");
}

TEST_CASE("Deployment: a ReplicaSet of the same name that isn't ours makes it count a collision") {
  Model m(1);
  DeploymentView view;
  view.deployment = std::make_shared<const Deployment>(m.d);
  ReplicaSet other = replica_set(new_set_name(m.d).c_str(), 1);
  view.in_the_way = std::make_shared<const ReplicaSet>(other);
  client::Plan plan = plan_deployment(view, attempt_at(0));
  REQUIRE(lines(plan) == "0 update status Deployment web\n");
  CHECK(plan.writes[0].object.as<Deployment>()->status.collisionCount == 1);
  Str before = new_set_name(m.d);
  m.d.status.collisionCount = 1;
  CHECK_FALSE(new_set_name(m.d) == before);
}

TEST_CASE("Deployment: a set that can't be made is told in events and conditions") {
  Model m(1);
  DeploymentView view;
  view.deployment = std::make_shared<const Deployment>(m.d);
  client::Attempt attempt = attempt_at(0);
  attempt.error = make_error(Reason::Forbidden, "exceeded quota");
  client::Plan plan = plan_deployment(view, attempt);
  REQUIRE(plan.writes.size() == 2);
  CHECK(plan.writes[0].on_failure->reason == "ReplicaSetCreateError");
  const DeploymentCondition* c = find_condition(plan.writes[1].object.as<Deployment>()->status, "Progressing");
  REQUIRE(c != nullptr);
  CHECK(c->status == "False");
  CHECK(c->reason == "ReplicaSetCreateError");
}
