#include <doctest/doctest.h>

#include "core/api/gen/core_v1.h"
#include "core/api/kinds.h"
#include "core/client/reconciler.h"
#include "tests/unit/client/fake_api.h"

using namespace orrery;
using namespace orrery::client;
using api::core_v1::ConfigMap;
using ports::WatchEvent;
using ports::WatchType;

namespace {

api::ObjectPtr config(const char* name, uint64_t revision) {
  ConfigMap c;
  c.metadata.namespace_ = "default";
  c.metadata.name = name;
  c.metadata.uid = cat(name, "-uid");
  c.metadata.resourceVersion = cat(revision);
  return api::make_object(std::move(c));
}

WatchEvent change_of(WatchType type, api::ObjectPtr object, uint64_t revision, bool initial_end = false) {
  WatchEvent e;
  e.type = type;
  e.object = std::move(object);
  e.revision = revision;
  e.initial_end = initial_end;
  return e;
}

// Plans what the test says; counts how often it is asked.
struct Scripted : Controller {
  std::vector<Plan> plans;
  std::vector<std::string> asked;
  std::optional<Error> last_error;
  Str name() const override { return "test-controller"; }
  void setup(InformerSet& informers) override { informers.of<ConfigMap>().add_handler(*this); }
  void on_change(const Informer&, WatchType, const api::ObjectPtr& before, const api::ObjectPtr& after) override {
    queue().add(key_of(after ? after : before));
  }
  Plan plan(const Key& key, const Attempt& attempt) override {
    asked.push_back(key.str());
    last_error = attempt.error;
    if (plans.empty()) return {};
    Plan p = plans.front();
    plans.erase(plans.begin());
    return p;
  }
};

struct ReconcilerWorld {
  loop::Loop loop;
  test::FakeApi api{loop};
  test::FixedClock clock{loop};
  Client client{api, loop, ports::Identity{}, "controller-manager/test"};
  InformerSet informers{client, loop};
  Scripted controller;
  Reconciler reconciler{controller, informers, client, loop, clock};
  ReconcilerWorld() {
    reconciler.start();
    informers.start();
  }
  void run(Duration d = {}) { loop.run_until(loop.now() + d); }
  void sync() { api.data(0, {change_of(WatchType::Added, config("a", 5), 5), change_of(WatchType::Bookmark, nullptr, 5, true)}); }
};

Plan one(Write write) {
  Plan p;
  p.writes.push_back(std::move(write));
  return p;
}

}  // namespace

TEST_CASE("Reconciler: plans nothing before the informers are synced") {
  ReconcilerWorld w;
  w.api.data(0, {change_of(WatchType::Added, config("a", 5), 5)});
  CHECK(w.controller.asked.empty());
  w.api.data(0, {change_of(WatchType::Bookmark, nullptr, 5, true)});
  CHECK(w.controller.asked.size() == 1);
}

TEST_CASE("Reconciler: a key is planned again only when the informers have seen its writes") {
  ReconcilerWorld w;
  w.controller.plans = {one(update(config("a", 5), "a changes"))};
  w.sync();
  REQUIRE(w.api.calls.size() == 2);
  CHECK(w.api.text(1) == "PUT /api/v1/namespaces/default/configmaps/a");
  CHECK(w.api.calls[1].request->headers.get("orrery-why") == "a changes");
  w.reconciler.keys().add({"default", "a"});
  w.run();
  CHECK(w.controller.asked.size() == 1);
  w.api.ok(1, config("a", 9));
  CHECK(w.controller.asked.size() == 1);  // answered, but our cache is at 5
  w.api.data(0, {change_of(WatchType::Modified, config("a", 9), 9)});
  CHECK(w.controller.asked.size() == 2);
  CHECK(w.reconciler.idle());
}

TEST_CASE("Reconciler: stages go one after another and end at the first error") {
  ReconcilerWorld w;
  std::vector<Write> writes;
  for (const char* name : {"b", "c", "d", "e"}) writes.push_back(create(config(name, 0), "more"));
  slow_start(writes);
  CHECK(writes[0].stage == 0);
  CHECK(writes[1].stage == 1);
  CHECK(writes[2].stage == 1);
  CHECK(writes[3].stage == 2);
  Plan p;
  p.writes = writes;
  w.controller.plans = {p};
  w.sync();
  REQUIRE(w.api.calls.size() == 2);
  w.api.ok(1, config("b", 6));
  REQUIRE(w.api.calls.size() == 4);
  w.api.ok(2, config("c", 7));
  w.api.fail(3, Reason::Forbidden, "exceeded quota");
  CHECK(w.api.calls.size() == 4);
  w.api.data(0, {change_of(WatchType::Added, config("b", 6), 6), change_of(WatchType::Added, config("c", 7), 7)});
  w.run(millis(5));
  CHECK(w.controller.asked.back() == "default/a");
  REQUIRE(w.controller.last_error.has_value());
  CHECK(w.controller.last_error->message == "exceeded quota");
}

TEST_CASE("Reconciler: a deleted object that is already gone is no error") {
  ReconcilerWorld w;
  w.controller.plans = {one(remove(config("a", 5), "not wanted"))};
  w.sync();
  w.api.fail(1, Reason::NotFound);
  CHECK_FALSE(w.reconciler.idle());  // our cache still shows it
  w.api.data(0, {change_of(WatchType::Deleted, config("a", 8), 8)});
  CHECK(w.reconciler.idle());
  CHECK_FALSE(w.controller.last_error.has_value());
}

TEST_CASE("Reconciler: CheckAbsent leaves later stages out when the object is there") {
  ReconcilerWorld w;
  Write check = remove(config("owner", 1), "");
  check.op = Write::Op::CheckAbsent;
  Write del = remove(config("a", 5), "owner is gone");
  del.stage = 1;
  Plan p;
  p.writes = {check, del};
  w.controller.plans = {p, p};
  w.sync();
  REQUIRE(w.api.calls.size() == 2);
  CHECK(w.api.text(1) == "GET /api/v1/namespaces/default/configmaps/owner");
  w.api.ok(1, config("owner", 1));
  CHECK(w.api.calls.size() == 2);
  w.run(millis(5));  // looked at again later
  REQUIRE(w.api.calls.size() == 3);
  w.api.fail(2, Reason::NotFound);
  REQUIRE(w.api.calls.size() == 4);
  CHECK(w.api.calls[3].request->method == "DELETE");
}

TEST_CASE("Reconciler: events name what the server named, failures say what it said") {
  ReconcilerWorld w;
  Write c = create(config("", 0), "one more");
  c.on_success = Note{{}, "Normal", "SuccessfulCreate", "Created pod: {name}"};
  Write d = c;
  d.on_success.reset();
  d.on_failure = Note{{}, "Warning", "FailedCreate", "Error creating: {error}"};
  Plan p;
  p.writes = {c, d};
  w.controller.plans = {p};
  w.sync();
  w.api.ok(1, config("web-x7k2p", 6));
  w.api.fail(2, Reason::Forbidden, "pods is forbidden");
  REQUIRE(w.api.calls.size() == 5);
  CHECK(w.api.calls[3].request->object.as<api::core_v1::Event>()->message == "Created pod: web-x7k2p");
  CHECK(w.api.calls[4].request->object.as<api::core_v1::Event>()->message == "Error creating: pods is forbidden");
}

TEST_CASE("Reconciler: unanswered calls are given up and tried again; a stop forgets everything") {
  ReconcilerWorld w;
  w.controller.plans = {one(update(config("a", 5), "")), one(update(config("a", 5), ""))};
  w.sync();
  CHECK(w.api.calls.size() == 2);
  w.run(seconds(60) + millis(5));
  CHECK(w.api.calls.size() == 3);
  w.reconciler.stop();
  w.api.ok(2, config("a", 9));
  w.run(minutes(5));
  CHECK(w.api.calls.size() == 3);
}

TEST_CASE("Reconciler: thousands of keys with nothing to do need no deep stack") {
  ReconcilerWorld w;
  w.sync();
  for (int i = 0; i < 20000; ++i) w.reconciler.keys().add({"default", cat("k", i)});
  w.run();
  CHECK(w.reconciler.idle());
  CHECK(w.controller.asked.size() == 20001);
}
