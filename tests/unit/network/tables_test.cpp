#include <doctest/doctest.h>

#include "core/network/dns_table.h"

using namespace orrery;
using namespace orrery::network;
using api::core_v1::Service;
using api::discovery_v1::Endpoint;
using api::discovery_v1::EndpointSlice;

namespace {

Service service(const char* type = "ClusterIP", const char* ip = "10.96.0.7") {
  Service s;
  s.metadata.namespace_ = "default";
  s.metadata.name = "web";
  s.spec.type = type;
  s.spec.clusterIP = ip;
  api::core_v1::ServicePort p;
  p.name = "http";
  p.protocol = "TCP";
  p.port = 80;
  p.nodePort = 30080;
  s.spec.ports.push_back(p);
  return s;
}

Endpoint endpoint(const char* ip, const char* node, bool ready = true, bool serving = true, bool terminating = false) {
  Endpoint e;
  e.addresses.push_back(ip);
  e.nodeName = Str(node);
  e.conditions.ready = ready;
  e.conditions.serving = serving;
  e.conditions.terminating = terminating;
  return e;
}

std::vector<SlicePtr> slices(List<Endpoint> endpoints) {
  EndpointSlice s;
  s.metadata.namespace_ = "default";
  s.metadata.labels.set("kubernetes.io/service-name", "web");
  s.addressType = "IPv4";
  api::discovery_v1::EndpointPort p;
  p.name = Str("http");
  p.protocol = Str("TCP");
  p.port = 8080;
  s.ports.push_back(p);
  s.endpoints = std::move(endpoints);
  return {std::make_shared<const EndpointSlice>(s)};
}

// "10.96.0.7 :30080 -> 10.0.0.1:8080 10.0.0.2:8080", one a rule.
std::string text(const std::vector<ports::ServiceRule>& rules) {
  std::string out;
  for (const auto& r : rules) {
    for (const Str& ip : r.ips) out += cat(ip, " ");
    if (r.node_port) out += cat(":", r.node_port, " ");
    out += "->";
    for (const auto& b : r.backends) out += cat(" ", b.ip, ":", b.port);
    out += "\n";
  }
  return out;
}

std::string text(const std::vector<ports::DnsRecord>& records) {
  std::string out;
  for (const auto& r : records) {
    out += r.name.str();
    for (const Str& a : r.a) out += cat(" A ", a);
    if (!r.cname.empty()) out += cat(" CNAME ", r.cname);
    for (const Str& s : r.srv) out += cat(" SRV ", s);
    out += "\n";
  }
  return out;
}

const List<Endpoint> kTwo{endpoint("10.0.0.2", "n2"), endpoint("10.0.0.1", "n1")};

}  // namespace

TEST_CASE("Service table: a cluster address leads to the ready endpoints, in order") {
  CHECK(text(rules_for(service(), slices(kTwo), "n1")) == "10.96.0.7 -> 10.0.0.1:8080 10.0.0.2:8080\n");
  CHECK(text(rules_for(service(), slices({}), "n1")) == "10.96.0.7 ->\n");
}

TEST_CASE("Service table: terminating endpoints serve only when nothing else is ready") {
  Endpoint ending = endpoint("10.0.0.3", "n1", false, true, true);
  CHECK(text(rules_for(service(), slices({endpoint("10.0.0.1", "n1"), ending}), "n1")) == "10.96.0.7 -> 10.0.0.1:8080\n");
  CHECK(text(rules_for(service(), slices({endpoint("10.0.0.1", "n1", false, false), ending}), "n1")) ==
        "10.96.0.7 -> 10.0.0.3:8080\n");
}

TEST_CASE("Service table: NodePort and LoadBalancer answer on more addresses") {
  CHECK(text(rules_for(service("NodePort"), slices(kTwo), "n1")) == "10.96.0.7 :30080 -> 10.0.0.1:8080 10.0.0.2:8080\n");
  Service lb = service("LoadBalancer");
  lb.status.loadBalancer.ingress.push_back({});
  lb.status.loadBalancer.ingress.mut(0).ip = "203.0.113.9";
  CHECK(text(rules_for(lb, slices(kTwo), "n1")) == "10.96.0.7 203.0.113.9 :30080 -> 10.0.0.1:8080 10.0.0.2:8080\n");
}

TEST_CASE("Service table: Local policies keep to the node") {
  Service s = service("NodePort");
  s.spec.externalTrafficPolicy = "Local";
  CHECK(text(rules_for(s, slices(kTwo), "n1")) ==
        "10.96.0.7 -> 10.0.0.1:8080 10.0.0.2:8080\n:30080 -> 10.0.0.1:8080\n");
  s.spec.internalTrafficPolicy = Str("Local");
  CHECK(text(rules_for(s, slices(kTwo), "n2")) == "10.96.0.7 :30080 -> 10.0.0.2:8080\n");
  CHECK(text(rules_for(s, slices(kTwo), "n3")) == "10.96.0.7 :30080 ->\n");
}

TEST_CASE("Service table: headless and ExternalName services need no rules; affinity has its time") {
  CHECK(rules_for(service("ClusterIP", "None"), slices(kTwo), "n1").empty());
  CHECK(rules_for(service("ExternalName", ""), {}, "n1").empty());
  Service s = service();
  s.spec.sessionAffinity = "ClientIP";
  CHECK(rules_for(s, {}, "n1")[0].affinity_timeout_s == 10800);
}

TEST_CASE("DNS: a service, its ports, a headless one with hostnames, an external one") {
  CHECK(text(records_for(service(), slices(kTwo), "cluster.local")) ==
        "_http._tcp.web.default.svc.cluster.local SRV 0 100 80 web.default.svc.cluster.local\n"
        "web.default.svc.cluster.local A 10.96.0.7\n");
  List<Endpoint> named = kTwo;
  named.mut(0).hostname = Str("web-1");
  CHECK(text(records_for(service("ClusterIP", "None"), slices(named), "cluster.local")) ==
        "10-0-0-1.web.default.svc.cluster.local A 10.0.0.1\n"
        "_http._tcp.web.default.svc.cluster.local SRV 0 100 8080 web-1.web.default.svc.cluster.local SRV 0 100 8080 "
        "10-0-0-1.web.default.svc.cluster.local\n"
        "web-1.web.default.svc.cluster.local A 10.0.0.2\n"
        "web.default.svc.cluster.local A 10.0.0.2 A 10.0.0.1\n");
  Service external = service("ExternalName", "");
  external.spec.externalName = "Example.com.";
  CHECK(text(records_for(external, {}, "cluster.local")) == "web.default.svc.cluster.local CNAME example.com\n");
  CHECK(text(records_for(service("ClusterIP", "None"), slices({endpoint("10.0.0.1", "n1", false)}), "cluster.local")).empty());
}
