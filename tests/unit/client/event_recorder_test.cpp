#include <doctest/doctest.h>

#include "core/client/event_recorder.h"
#include "core/api/kinds.h"
#include "tests/unit/client/fake_api.h"

using namespace orrery;
using namespace orrery::client;
using api::core_v1::Event;
using api::core_v1::Pod;

namespace {

struct RecorderWorld {
  loop::Loop loop;
  test::FakeApi api{loop};
  test::FixedClock clock{loop};
  Client client{api, loop, ports::Identity{}, "kubelet/node-1"};
  EventRecorder events{client, loop, clock, "kubelet", "node-1"};
  EventTarget about;
  RecorderWorld() {
    Pod p;
    p.metadata.namespace_ = "default";
    p.metadata.name = "web";
    p.metadata.uid = "1234";
    about = event_target(api::make_object(std::move(p)), "spec.containers{web}");
  }
  const Event& sent(size_t i) { return *api.calls[i].request->object.as<Event>(); }
};

}  // namespace

TEST_CASE("EventRecorder: an event names its object, source and times") {
  RecorderWorld w;
  w.events.normal(w.about, "Pulled", "Container image \"web:1\" already present on machine");
  REQUIRE(w.api.calls.size() == 1);
  CHECK(w.api.text(0) == "POST /api/v1/namespaces/default/events");
  const Event& e = w.sent(0);
  CHECK(e.metadata.name.view().substr(0, 4) == "web.");
  CHECK(e.involvedObject.kind == "Pod");
  CHECK(e.involvedObject.apiVersion == "v1");
  CHECK(e.involvedObject.uid == "1234");
  CHECK(e.involvedObject.fieldPath == "spec.containers{web}");
  CHECK(e.source.component == "kubelet");
  CHECK(e.source.host == "node-1");
  CHECK(e.type == "Normal");
  CHECK(e.count == 1);
  CHECK(e.firstTimestamp == w.clock.now());
}

TEST_CASE("EventRecorder: the same event again is counted, not repeated") {
  RecorderWorld w;
  w.events.warning(w.about, "BackOff", "Back-off restarting failed container");
  w.loop.run_until(w.loop.now() + seconds(10));
  w.events.warning(w.about, "BackOff", "Back-off restarting failed container");
  REQUIRE(w.api.calls.size() == 2);
  CHECK(w.api.calls[1].request->method == "PUT");
  CHECK(w.sent(1).metadata.name == w.sent(0).metadata.name);
  CHECK(w.sent(1).count == 2);
  CHECK(w.sent(1).firstTimestamp == w.sent(0).firstTimestamp);
  CHECK(w.sent(1).lastTimestamp - w.sent(0).lastTimestamp == seconds(10));
}

TEST_CASE("EventRecorder: a counted event that expired is made anew") {
  RecorderWorld w;
  w.events.normal(w.about, "Started", "Started container web");
  w.api.ok(0, w.api.calls[0].request->object);
  w.events.normal(w.about, "Started", "Started container web");
  w.api.fail(1, Reason::NotFound);
  REQUIRE(w.api.calls.size() == 3);
  CHECK(w.api.calls[2].request->method == "POST");
}

TEST_CASE("EventRecorder: keeps the server's event and still says its own part alone") {
  RecorderWorld w;
  w.events.normal(w.about, "Started", "Started container web");
  Event stored = w.sent(0);
  stored.metadata.uid = "of the server";
  stored.metadata.resourceVersion = "7";
  const api::ObjectPtr answer = api::make_object(std::move(stored));
  w.api.ok(0, answer);
  CHECK(same(w.events.state().known.begin()->second.event, answer));
  w.events.normal(w.about, "Started", "Started container web");
  REQUIRE(w.api.calls.size() == 2);
  CHECK(w.sent(1).count == 2);
  CHECK(w.sent(1).metadata.name == w.sent(0).metadata.name);
  CHECK(w.sent(1).metadata.uid.empty());
  CHECK(w.sent(1).metadata.resourceVersion.empty());
  w.api.ok(0, answer);  // late: the event has come once more
  CHECK(w.events.state().known.begin()->second.event.as<Event>()->count == 2);
  w.api.fail(1, Reason::NotFound);
  REQUIRE(w.api.calls.size() == 3);
  CHECK(w.api.calls[2].request->method == "POST");
}

TEST_CASE("EventRecorder: names differ at one instant, and a taken name is changed") {
  RecorderWorld w;
  w.events.normal(w.about, "Created", "Created container: web");
  w.events.normal(w.about, "Started", "Started container web");
  CHECK(w.sent(0).metadata.name != w.sent(1).metadata.name);
  w.api.fail(0, Reason::AlreadyExists);
  REQUIRE(w.api.calls.size() == 3);
  CHECK(w.sent(2).reason == "Created");
  CHECK(w.sent(2).metadata.name != w.sent(0).metadata.name);
}

TEST_CASE("EventRecorder: more than ten similar events become one") {
  RecorderWorld w;
  for (int i = 1; i <= 12; ++i) w.events.warning(w.about, "Failed", cat("attempt ", i));
  REQUIRE(w.api.calls.size() == 12);
  CHECK(w.sent(8).message == "attempt 9");
  CHECK(w.sent(9).message == "(combined from similar events): attempt 10");
  CHECK(w.sent(11).message == "(combined from similar events): attempt 12");
  CHECK(w.sent(11).metadata.name == w.sent(9).metadata.name);
  CHECK(w.sent(11).count == 3);
}

TEST_CASE("EventRecorder: an object's flood is cut after 25, one more every five minutes") {
  RecorderWorld w;
  for (int i = 0; i < 40; ++i) w.events.warning(w.about, cat("Reason", i), "flood");
  CHECK(w.api.calls.size() == 25);
  w.loop.run_until(w.loop.now() + minutes(5));
  w.events.warning(w.about, "Later", "flood");
  w.events.warning(w.about, "Last", "flood");
  CHECK(w.api.calls.size() == 26);
}
