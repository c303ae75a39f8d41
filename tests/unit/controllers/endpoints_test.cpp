#include "core/controllers/endpoints.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::controllers;
using namespace orrery::test;
using api::core_v1::Service;
using api::discovery_v1::EndpointSlice;

namespace {

Service service(const char* name) {
  Service s;
  s.metadata.namespace_ = "default";
  s.metadata.name = name;
  s.metadata.uid = cat("uid-", name);
  s.spec.selector.set("app", "web");
  s.spec.clusterIP = "10.96.0.7";
  api::core_v1::ServicePort p;
  p.name = "http";
  p.protocol = "TCP";
  p.port = 80;
  p.targetPort = api::IntOrString::of(8080);
  s.spec.ports.push_back(p);
  return s;
}

PodPtr with_ip(const char* name, const char* ip, bool ready = true) {
  Pod p = pod({name, "Running", ready});
  p.status.podIP = ip;
  return std::make_shared<const Pod>(p);
}

ServiceView view_of(Service s, Pods pods) {
  ServiceView v;
  v.service = std::make_shared<const Service>(std::move(s));
  v.pods = std::move(pods);
  return v;
}

// "10.0.0.1 ready serving", one a line.
std::string endpoints(const EndpointSlice& slice) {
  std::string out;
  for (const auto& e : slice.endpoints)
    out += cat(e.addresses[0], *e.conditions.ready ? " ready" : "", *e.conditions.serving ? " serving" : "",
               *e.conditions.terminating ? " terminating" : "", "\n");
  return out;
}

}  // namespace

TEST_CASE("EndpointSlice: ready, not ready and terminating pods") {
  Pod ending = *with_ip("c", "10.0.0.3");
  ending.metadata.deletionTimestamp = at(0);
  Pod done = *with_ip("d", "10.0.0.4");
  done.status.phase = "Succeeded";
  ServiceView v = view_of(service("web"), {with_ip("a", "10.0.0.1"), with_ip("b", "10.0.0.2", false),
                                           std::make_shared<const Pod>(ending), std::make_shared<const Pod>(done),
                                           with_ip("e", "")});
  client::Plan plan = plan_slices(v);
  REQUIRE(lines(plan) == "0 create EndpointSlice web-\n");
  const EndpointSlice& s = *plan.writes[0].object.as<EndpointSlice>();
  CHECK(endpoints(s) == "10.0.0.1 ready serving\n10.0.0.2\n10.0.0.3 serving terminating\n");
  CHECK(s.metadata.labels.get("kubernetes.io/service-name") == "web");
  CHECK(s.metadata.labels.get("endpointslice.kubernetes.io/managed-by") == "endpointslice-controller.k8s.io");
  CHECK(s.metadata.ownerReferences[0].uid == "uid-web");
  CHECK(*s.ports[0].port == 8080);
  CHECK(*s.ports[0].name == "http");
  CHECK(s.endpoints[0].targetRef->name == "a");
  CHECK(*s.endpoints[0].nodeName == "n1");
  CHECK(s.addressType == "IPv4");
  SUBCASE("publishNotReadyAddresses calls all of them ready") {
    Service all = service("web");
    all.spec.publishNotReadyAddresses = true;
    v.service = std::make_shared<const Service>(all);
    const EndpointSlice& t = *plan_slices(v).writes[0].object.as<EndpointSlice>();
    CHECK(*t.endpoints[1].conditions.ready);
    CHECK_FALSE(*t.endpoints[1].conditions.serving);
  }
  SUBCASE("nothing changed, nothing written; a change is one update in place") {
    EndpointSlice stored = s;
    stored.metadata.name = "web-abcde";
    v.slices = {std::make_shared<const EndpointSlice>(stored)};
    CHECK(plan_slices(v).empty());
    v.pods[1] = with_ip("b", "10.0.0.2", true);
    client::Plan second = plan_slices(v);
    REQUIRE(lines(second) == "0 update EndpointSlice web-abcde\n");
    v.pods.clear();
    second = plan_slices(v);
    REQUIRE(lines(second) == "0 update EndpointSlice web-abcde\n");  // one empty slice stays
    CHECK(second.writes[0].object.as<EndpointSlice>()->endpoints.empty());
  }
}

TEST_CASE("EndpointSlice: a hundred endpoints a slice") {
  Pods pods;
  for (int i = 0; i < 250; ++i) pods.push_back(with_ip(cat("p", 1000 + i).c_str(), cat("10.0.1.", i).c_str()));
  client::Plan plan = plan_slices(view_of(service("web"), pods));
  REQUIRE(plan.writes.size() == 3);
  CHECK(plan.writes[0].object.as<EndpointSlice>()->endpoints.size() == 100);
  CHECK(plan.writes[2].object.as<EndpointSlice>()->endpoints.size() == 50);
}

TEST_CASE("EndpointSlice: a named port leads where each pod says") {
  Service s = service("web");
  s.spec.ports.mut(0).targetPort = api::IntOrString::of(Str("http"));
  auto named = [](const char* name, const char* ip, int32_t port) {
    Pod p = *with_ip(name, ip);
    p.spec.containers.push_back({});
    api::core_v1::ContainerPort c;
    c.name = "http";
    c.containerPort = port;
    c.protocol = "TCP";
    p.spec.containers.mut(0).ports.push_back(c);
    return std::make_shared<const Pod>(p);
  };
  client::Plan plan = plan_slices(view_of(s, {named("a", "10.0.0.1", 80), named("b", "10.0.0.2", 8080)}));
  REQUIRE(plan.writes.size() == 2);
  CHECK(*plan.writes[0].object.as<EndpointSlice>()->ports[0].port == 80);
  CHECK(*plan.writes[1].object.as<EndpointSlice>()->ports[0].port == 8080);
}

TEST_CASE("Endpoints: ready and not ready addresses beside each other") {
  client::Plan plan = plan_endpoints(view_of(service("web"), {with_ip("b", "10.0.0.2"), with_ip("a", "10.0.0.1"),
                                                              with_ip("c", "10.0.0.3", false)}));
  REQUIRE(lines(plan) == "0 create Endpoints web\n");
  const auto& e = *plan.writes[0].object.as<api::core_v1::Endpoints>();
  REQUIRE(e.subsets.size() == 1);
  REQUIRE(e.subsets[0].addresses.size() == 2);
  CHECK(e.subsets[0].addresses[0].ip == "10.0.0.1");
  CHECK(e.subsets[0].notReadyAddresses[0].ip == "10.0.0.3");
  CHECK(e.subsets[0].ports[0].port == 8080);
}

TEST_CASE("Cluster: a Service follows its pods through a rollout and goes with its slices") {
  Cluster c;
  c.create(deployment("web", 3));
  Service s = service("web");
  s.metadata.uid = {};
  s.spec.clusterIP = {};
  c.create(s);
  c.wait(seconds(3));
  auto ready = [&] {
    size_t n = 0;
    for (const auto& slice : c.list<EndpointSlice, api::discovery_v1::EndpointSliceList>("default"))
      if (slice.metadata.labels.get("kubernetes.io/service-name") == "web")
        for (const auto& e : slice.endpoints) n += *e.conditions.ready;
    return n;
  };
  CHECK(ready() == 3);
  CHECK(c.get<api::core_v1::Endpoints>("web")->subsets[0].addresses.size() == 3);
  Deployment d = *c.get<Deployment>("web");
  d.spec.template_.spec.containers.mut(0).image = "web:2";
  d.spec.replicas = 5;
  c.update(d);
  c.wait(seconds(5));
  CHECK(ready() == 5);
  c.remove<Service>("web");
  c.wait(seconds(2));
  CHECK(ready() == 0);
  CHECK(c.get<api::core_v1::Endpoints>("web") == nullptr);
}
