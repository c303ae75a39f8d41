#include <doctest/doctest.h>

#include "core/api/gen/core_v1.h"
#include "core/api/kinds.h"
#include "core/client/informer.h"
#include "tests/unit/client/fake_api.h"

using namespace orrery;
using namespace orrery::client;
using api::core_v1::Pod;
using ports::WatchEvent;
using ports::WatchType;

namespace {

api::ObjectPtr pod(const char* name, uint64_t revision, const char* node = "", const char* uid = "u") {
  Pod p;
  p.metadata.namespace_ = "default";
  p.metadata.name = name;
  p.metadata.uid = cat(name, "-", uid);
  p.metadata.resourceVersion = cat(revision);
  p.spec.nodeName = node;
  return api::make_object(std::move(p));
}

WatchEvent event(WatchType type, api::ObjectPtr object, uint64_t revision) {
  WatchEvent e;
  e.type = type;
  e.object = std::move(object);
  e.revision = revision;
  return e;
}

WatchEvent bookmark(uint64_t revision, bool initial_end) {
  WatchEvent e = event(WatchType::Bookmark, nullptr, revision);
  e.initial_end = initial_end;
  return e;
}

struct Log : InformerHandler {
  std::vector<std::string> lines;
  void on_change(const Informer&, WatchType type, const api::ObjectPtr& before, const api::ObjectPtr& after) override {
    const api::ObjectPtr& o = after ? after : before;
    lines.push_back(cat(ports::watch_type_text(type), " ", o.meta().name));
  }
  void on_synced(const Informer&) override { lines.push_back("SYNCED"); }
  std::string take() {
    std::string out;
    for (const std::string& line : lines) out += line + "; ";
    lines.clear();
    return out;
  }
};

struct InformerWorld {
  loop::Loop loop;
  test::FakeApi api{loop};
  Client client{api, loop, ports::Identity{}, "test"};
  Informer pods{client, loop, api::kind<Pod>()};
  Log log;
  InformerWorld() {
    pods.add_handler(log);
    pods.add_index(by_node_name);
    pods.start();
  }
};

}  // namespace

TEST_CASE("Informer: starts with a watch that sends the present objects first") {
  InformerWorld w;
  REQUIRE(w.api.calls.size() == 1);
  CHECK(w.api.text(0) ==
        "GET /api/v1/pods?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
  w.api.data(0, {event(WatchType::Added, pod("a", 5, "n1"), 5), event(WatchType::Added, pod("b", 3), 3)});
  CHECK_FALSE(w.pods.synced());
  CHECK(w.pods.revision() == 0);
  w.api.data(0, {bookmark(7, true)});
  CHECK(w.pods.synced());
  CHECK(w.pods.revision() == 7);
  CHECK(w.log.take() == "ADDED a; ADDED b; SYNCED; ");
  CHECK(w.api.calls[0].consumed == 3);
  CHECK(w.pods.get<Pod>({"default", "a"})->spec.nodeName == "n1");
  CHECK(w.pods.find({"other", "a"}).get<Pod>() == nullptr);
}

TEST_CASE("Informer: indexes follow changes") {
  InformerWorld w;
  w.api.data(0, {event(WatchType::Added, pod("a", 5), 5), bookmark(5, true)});
  CHECK(w.pods.count(by_node_name, "") == 1);
  w.api.data(0, {event(WatchType::Modified, pod("a", 6, "n1"), 6)});
  CHECK(w.pods.count(by_node_name, "") == 0);
  REQUIRE(w.pods.lookup(by_node_name, "n1").size() == 1);
  CHECK(w.pods.lookup(by_node_name, "n1")[0].meta().resourceVersion == "6");
  w.api.data(0, {event(WatchType::Deleted, pod("a", 8, "n1"), 8)});
  CHECK(w.pods.lookup(by_node_name, "n1").empty());
  CHECK(w.pods.size() == 0);
  CHECK(w.pods.revision() == 8);
}

TEST_CASE("Informer: goes on from its revision when the connection ends, then with growing waits") {
  InformerWorld w;
  w.api.data(0, {event(WatchType::Added, pod("a", 5), 5), bookmark(9, true)});
  w.api.end(0);
  REQUIRE(w.api.calls.size() == 2);
  CHECK(w.api.text(1) == "GET /api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=9");
  w.api.fail(1, Reason::ServiceUnavailable);
  CHECK(w.api.calls.size() == 2);
  w.loop.run_until(w.loop.now() + millis(799));
  CHECK(w.api.calls.size() == 2);
  w.loop.run_until(w.loop.now() + millis(1));
  CHECK(w.api.calls.size() == 3);
  w.api.fail(2, Reason::ServiceUnavailable);
  w.loop.run_until(w.loop.now() + millis(1599));
  CHECK(w.api.calls.size() == 3);
  w.loop.run_until(w.loop.now() + millis(1));
  CHECK(w.api.calls.size() == 4);
  CHECK(w.pods.size() == 1);  // what we know stays
}

TEST_CASE("Informer: lists anew after 410 Gone and tells the differences") {
  InformerWorld w;
  w.api.data(0, {event(WatchType::Added, pod("a", 5), 5), event(WatchType::Added, pod("b", 6), 6),
                 event(WatchType::Added, pod("c", 7), 7), event(WatchType::Added, pod("d", 8), 8), bookmark(9, true)});
  w.log.take();
  WatchEvent gone = event(WatchType::Error, nullptr, 0);
  gone.error = make_error(Reason::Expired, "too old resource version: 9 (20)");
  w.api.data(0, {gone});
  REQUIRE(w.api.calls.size() == 2);
  CHECK(w.api.calls[0].cancelled);
  CHECK(w.api.text(1).find("sendInitialEvents") != std::string::npos);
  CHECK_FALSE(w.pods.synced());
  // a is unchanged, b changed, c is gone, d was deleted and made anew, e is new
  w.api.data(1, {event(WatchType::Added, pod("a", 5), 5), event(WatchType::Added, pod("b", 16), 16),
                 event(WatchType::Added, pod("d", 18, "", "other"), 18), event(WatchType::Added, pod("e", 19), 19),
                 bookmark(20, true)});
  CHECK(w.log.take() == "MODIFIED b; DELETED d; ADDED d; ADDED e; DELETED c; SYNCED; ");
  CHECK(w.pods.size() == 4);
  CHECK(w.pods.revision() == 20);
}

TEST_CASE("Informer: stop forgets everything and late answers are dropped") {
  InformerWorld w;
  w.api.data(0, {event(WatchType::Added, pod("a", 5), 5), bookmark(5, true)});
  w.pods.stop();
  CHECK(w.api.calls[0].cancelled);
  CHECK(w.pods.size() == 0);
  w.api.data(0, {event(WatchType::Added, pod("late", 6), 6)});
  CHECK(w.pods.size() == 0);
  w.pods.start();
  w.api.data(0, {event(WatchType::Added, pod("late", 6), 6)});
  CHECK(w.pods.size() == 0);
  w.api.data(1, {event(WatchType::Added, pod("b", 7), 7), bookmark(7, true)});
  CHECK(w.pods.size() == 1);
}

TEST_CASE("Informer: objects are shared, not copied") {
  InformerWorld w;
  api::ObjectPtr a = pod("a", 5);
  w.api.data(0, {event(WatchType::Added, a, 5), bookmark(5, true)});
  CHECK(same(w.pods.find({"default", "a"}), a));
}
