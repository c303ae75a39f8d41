#include "core/api/gen/core_v1.h"
#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {
}

TEST_CASE("ApiServer: a pod is created, read, listed and deleted") {
  World w;
  auto created = w.call("POST", kPods, pod_json("a"));
  CHECK(created.status == 201);
  CHECK(has(created.body, "\"uid\":\""));
  CHECK(has(created.body, "\"phase\":\"Pending\""));
  CHECK(has(created.body, "\"qosClass\":\"BestEffort\""));
  CHECK(has(created.body, "\"creationTimestamp\":\"2026-"));
  CHECK(has(created.body, "\"namespace\":\"default\""));
  CHECK(w.get(kPods + "/a").body == created.body);
  auto list = w.get(kPods);
  CHECK(has(list.body, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\""));
  CHECK(has(list.body, "\"items\":[{\"metadata\":{\"name\":\"a\""));
  CHECK(w.call("DELETE", kPods + "/a").status == 200);
  auto gone = w.get(kPods + "/a");
  CHECK(gone.status == 404);
  CHECK(gone.body ==
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"pods "
        "\\\"a\\\" not "
        "found\",\"reason\":\"NotFound\",\"details\":{\"name\":\"a\",\"kind\":\"pods\"},\"code\":404}\n");
}

TEST_CASE("ApiServer: errors say what Kubernetes says") {
  World w;
  w.call("POST", kPods, pod_json("a"));
  CHECK(w.call("POST", kPods, pod_json("a")).error->message == "pods \"a\" already exists");
  CHECK(w.call("POST", "/api/v1/namespaces/nope/pods", pod_json("a")).error->message ==
        "namespaces \"nope\" not found");
  CHECK(w.get("/apis/apps/v1/namespaces/default/deployments/x").error->message == "deployments.apps \"x\" not found");
  CHECK(w.get("/api/v1/nothings").error->message == "the server could not find the requested resource");
  auto method = w.call("DELETE", "/api/v1/namespaces");
  CHECK(method.status == 405);
  auto stale = w.call("PUT", kPods + "/a", pod_json("a", ",\"resourceVersion\":\"1\""));
  CHECK(stale.status == 409);
  CHECK(stale.error->message ==
        "Operation cannot be fulfilled on pods \"a\": the object has been modified; please apply your changes to the "
        "latest "
        "version and try again");
  CHECK(w.call("DELETE", "/api/v1/namespaces/default").error->message ==
        "namespaces \"default\" is forbidden: this namespace may not be deleted");
}

TEST_CASE("ApiServer: who isn't of the masters is told what it may not do") {
  World w;
  auto r = w.request("GET", kPods);
  r.identity.user = "jane";
  r.identity.groups.clear();
  auto no = w.call(r);
  CHECK(no.status == 403);
  // kubernetes/kubernetes pkg/registry/authorization: RBAC's sentence
  CHECK(
      no.error->message ==
      "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"");
  r.identity = {};
  CHECK(w.call(r).status == 401);
  auto health = w.request("GET", "/readyz");
  health.identity = {};
  CHECK(w.call(health).body == "ok");
}

TEST_CASE("ApiServer: JSON and objects store the same pod") {
  World w;
  w.call("POST", kPods, pod_json("a"));
  auto a = w.get(kPods + "/a");
  auto parsed = api::from_json<api::core_v1::Pod>(pod_json("b"));
  REQUIRE(parsed.ok());
  auto b = w.put_object("POST", kPods, *parsed);
  REQUIRE(b.object);
  std::string json = api::to_json(b.object);
  CHECK(has(json, "\"name\":\"b\""));
  auto spec_of = [](std::string_view j) { return std::string(j.substr(j.find("\"spec\""))); };
  CHECK(spec_of(json) + "\n" == spec_of(a.body));
}

TEST_CASE("ApiServer: a watch tells of what is created, changed and deleted, in order") {
  World w;
  w.call("POST", kPods, pod_json("old"));
  uint64_t id = w.watch(kPods + "?watch=true&resourceVersion=0&allowWatchBookmarks=true", true);
  CHECK(w.events(id) == "ADDED old");
  w.call("POST", kPods, pod_json("a"));
  w.call("DELETE", kPods + "/a");
  CHECK(w.events(id) == "ADDED a, DELETED a");
  w.wait(minutes(1));
  CHECK(w.events(id) == "BOOKMARK ");
  w.server->cancel(id);
  w.call("POST", kPods, pod_json("b"));
  CHECK(w.events(id) == "");
}

TEST_CASE("ApiServer: sendInitialEvents ends with an annotated bookmark") {
  World w;
  w.call("POST", kPods, pod_json("a"));
  const std::string list = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  uint64_t id = w.watch(kPods + "?watch=true" + list, true);
  CHECK(w.events(id) == "ADDED a, BOOKMARK (end)");
  id = w.watch(kPods + "?watch=true" + list);
  std::string text = w.sent(id);
  CHECK(
      has(text, "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\""));
  CHECK(has(
      text,
      "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":"));
  CHECK(has(text, "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}"));
  auto bad = w.get(kPods + "?watch=true&sendInitialEvents=true");
  CHECK(bad.status == 422);
}

TEST_CASE("ApiServer: a watch from a revision that is gone gets 410 Expired") {
  World w;
  uint64_t id = w.watch(kPods + "?watch=true&resourceVersion=1", true);
  w.server->cancel(id);
  w.server.reset();
  w.start();
  id = w.watch(kPods + "?watch=true&resourceVersion=1");
  std::string text = w.sent(id);
  CHECK(has(text,
            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":"
            "\"Failure\""));
  CHECK(has(text, "too old resource version: 1 ("));
  CHECK(has(text, "\"reason\":\"Expired\",\"code\":410"));
}

TEST_CASE("ApiServer: a write is answered when it is durable, and fails when the journal does") {
  World w;
  w.journal.faults().latency = millis(20);
  uint64_t id = w.begin(w.request("POST", kPods, pod_json("a")));
  w.wait(millis(10));
  CHECK(w.replies[id].empty());
  CHECK(w.get(kPods + "/a").status == 404);
  w.wait(millis(20));
  REQUIRE(w.replies[id].size() == 1);
  CHECK(w.replies[id][0].status == 201);
  w.journal.faults().full = true;
  CHECK(w.call("POST", kPods, pod_json("b")).status == 500);
  w.journal.faults().full = false;
  CHECK(w.call("POST", kPods, pod_json("b")).status == 201);
}

TEST_CASE("ApiServer: discovery, version and health") {
  World w;
  auto r = w.request("GET", "/apis");
  r.headers.set("accept",
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/"
                "json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList");
  auto groups = w.call(r);
  CHECK(groups.content_type == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
  CHECK(has(groups.body,
            "\"resource\":\"deployments\",\"responseKind\":{\"group\":\"apps\",\"version\":\"v1\",\"kind\":"
            "\"Deployment\"},\"scope\":\"Namespaced\",\"singularResource\":\"deployment\""));
  CHECK(has(w.get("/api/v1").body,
            "{\"name\":\"pods/"
            "eviction\",\"singularName\":\"\",\"namespaced\":true,\"group\":\"policy\",\"version\":\"v1\",\"kind\":"
            "\"Eviction\",\"verbs\":[\"create\"]}"));
  CHECK(has(w.get("/apis/apps/v1").body, "\"shortNames\":[\"deploy\"],\"categories\":[\"all\"]"));
  CHECK(has(w.get("/version").body, "\"minor\": \"35\""));
  CHECK(has(w.get("/livez?verbose").body, "[+]ping ok"));
}

TEST_CASE("ApiServer: requests, writes and watch events are traced with their cause") {
  World w;
  w.watch(kPods + "?watch=true", true);
  size_t before = w.traces.all.size();
  w.call("POST", kPods, pod_json("a"));
  REQUIRE(w.traces.all.size() >= before + 3);
  const auto& asked = w.traces.all[before];
  CHECK(asked.from == "test");
  CHECK(asked.to == "apiserver");
  CHECK(asked.verb == "create");
  CHECK(w.traces.all[before + 1].to == "etcd");
  CHECK(w.traces.all[before + 1].cause == asked.id);
  CHECK(w.traces.all[before + 2].verb == "watch ADDED");
  CHECK(w.traces.all[before + 2].cause == asked.id);
}

// pkg/controlplane/reconcilers/instancecount.go: what another address left is replaced.
TEST_CASE("Endpoints of default/kubernetes: where the server is reached, also after it came back elsewhere") {
  const std::string slice = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes";
  const std::string endpoints = "/api/v1/namespaces/default/endpoints/kubernetes";
  apiserver::Options options = without_accounts();
  options.advertise_address = "10.0.0.2";
  World w(options);
  const auto come_back_at = [&](const char* address) {
    w.server.reset();
    w.options.advertise_address = address;
    w.start();
  };
  const Str first = w.get(slice).body;
  CHECK(has(first, "\"kubernetes.io/service-name\":\"kubernetes\""));
  CHECK(has(first, "\"addresses\":[\"10.0.0.2\"],\"conditions\":{\"ready\":true}"));
  CHECK(has(first, "\"port\":6443"));
  CHECK(has(w.get(endpoints).body, "\"endpointslice.kubernetes.io/skip-mirror\":\"true\""));
  CHECK(has(w.get(endpoints).body, "\"addresses\":[{\"ip\":\"10.0.0.2\"}]"));
  come_back_at("10.0.0.2");
  CHECK(w.get(slice).body == first);  // nothing was written
  come_back_at("10.0.0.3");
  CHECK(has(w.get(slice).body, "\"addresses\":[\"10.0.0.3\"]"));
  CHECK(has(w.get(endpoints).body, "\"addresses\":[{\"ip\":\"10.0.0.3\"}]"));
}

TEST_CASE("Endpoints of default/kubernetes: none where nobody said how the server is reached") {
  World w;
  CHECK(w.get("/api/v1/namespaces/default/endpoints/kubernetes").status == 404);
}
