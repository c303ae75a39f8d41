// Verdicts of NetworkPolicies: Kubernetes documentation, "Network Policies", and its recipes.
#include "core/network/policy.h"

#include <doctest/doctest.h>

using namespace orrery;
using namespace orrery::network;
using api::meta_v1::LabelSelector;
using api::networking_v1::NetworkPolicy;
using api::networking_v1::NetworkPolicyEgressRule;
using api::networking_v1::NetworkPolicyIngressRule;
using api::networking_v1::NetworkPolicyPeer;
using api::networking_v1::NetworkPolicyPort;

namespace {

LabelSelector labelled(const char* key, const char* value) {
  LabelSelector s;
  s.matchLabels.set(key, value);
  return s;
}

PolicyEnd pod(const char* ns, const char* name, const char* ip) {
  PolicyEnd e;
  e.ip = ip;
  e.ns = ns;
  e.name = name;
  e.node = "node-1";
  e.labels.set("app", name);
  return e;
}

PolicyEnd outside(const char* ip) {
  PolicyEnd e;
  e.ip = ip;
  return e;
}

struct Cluster {
  PolicySet set;
  PolicyEnd web = pod("shop", "web", "10.244.0.1"), client = pod("shop", "client", "10.244.0.2"),
            monitor = pod("ops", "monitor", "10.244.0.3");
  Cluster() {
    set.namespace_labels["shop"].set("kubernetes.io/metadata.name", "shop");
    set.namespace_labels["ops"].set("kubernetes.io/metadata.name", "ops");
    set.namespace_labels["ops"].set("team", "operations");
    api::core_v1::Container c;
    api::core_v1::ContainerPort port;
    port.name = "http";
    port.containerPort = 8080;
    c.ports.push_back(port);
    web.containers.push_back(c);
  }
  void add(NetworkPolicy p, const char* name) {
    p.metadata.namespace_ = "shop";
    p.metadata.name = name;
    set.by_namespace["shop"].push_back(std::make_shared<const NetworkPolicy>(std::move(p)));
  }
  PolicyRuling ingress(const PolicyEnd& from, int32_t port = 8080, const char* protocol = "TCP") const {
    return judge(set, PolicyDirection::Ingress, {from, web, port, protocol});
  }
  PolicyRuling egress(const PolicyEnd& from, const PolicyEnd& to, int32_t port = 8080,
                      const char* protocol = "TCP") const {
    return judge(set, PolicyDirection::Egress, {from, to, port, protocol});
  }
};

NetworkPolicy deny(std::initializer_list<const char*> types) {
  NetworkPolicy p;
  for (const char* t : types) p.spec.policyTypes.push_back(t);
  return p;
}

NetworkPolicy allow_from(NetworkPolicyPeer peer) {
  NetworkPolicy p;
  NetworkPolicyIngressRule rule;
  rule.from.push_back(std::move(peer));
  p.spec.ingress.push_back(std::move(rule));
  return p;
}

NetworkPolicyPort tcp(int32_t port, int32_t end = 0) {
  NetworkPolicyPort p;
  p.port = api::IntOrString::of(port);
  if (end) p.endPort = end;
  return p;
}

}  // namespace

TEST_CASE("policy: without one that selects the pod everything passes") {
  Cluster c;
  CHECK(c.ingress(c.client).allowed);
  NetworkPolicy other = deny({"Ingress"});
  other.spec.podSelector = labelled("app", "db");
  c.add(other, "db");
  CHECK(c.ingress(c.client).allowed);
  CHECK(c.ingress(c.client).isolated_by.empty());
}

TEST_CASE("policy: default deny names the policy, and egress stays open") {
  Cluster c;
  c.add(deny({"Ingress"}), "default-deny");
  PolicyRuling r = c.ingress(c.client);
  CHECK_FALSE(r.allowed);
  CHECK(explain(r, PolicyDirection::Ingress, {c.client, c.web, 8080, "TCP"}) ==
        "NetworkPolicy shop/default-deny isolates pod shop/web for ingress, and no rule admits TCP port 8080 from pod "
        "shop/client");
  CHECK(c.egress(c.web, c.client).allowed);
}

TEST_CASE("policy: a pod reaches itself, and its node reaches it, in spite of all") {
  Cluster c;
  c.add(deny({"Ingress", "Egress"}), "deny-all");
  CHECK(c.ingress(c.web).allowed);
  PolicyEnd node = outside("10.0.0.10");
  node.node = "node-1";
  CHECK(c.ingress(node).allowed);
  node.node = "node-2";
  CHECK_FALSE(c.ingress(node).allowed);
}

TEST_CASE("policy: types default to Ingress, and to Egress when there are egress rules") {
  Cluster c;
  c.add(deny({}), "unset");
  CHECK_FALSE(c.ingress(c.client).allowed);
  CHECK(c.egress(c.web, c.client).allowed);
  NetworkPolicy p = deny({});
  p.spec.egress.push_back(NetworkPolicyEgressRule());
  p.spec.podSelector = labelled("app", "client");
  c.add(p, "out");
  CHECK(c.egress(c.client, c.web).policy == "shop/out");
}

TEST_CASE("policy: a pod selector alone means pods of the policy's own namespace") {
  Cluster c;
  NetworkPolicyPeer peer;
  peer.podSelector.mut();  // all pods
  c.add(allow_from(peer), "same-namespace");
  CHECK(c.ingress(c.client).allowed);
  CHECK_FALSE(c.ingress(c.monitor).allowed);
  CHECK_FALSE(c.ingress(outside("8.8.8.8")).allowed);
}

TEST_CASE("policy: both selectors in one peer must hold, two peers are alternatives") {
  Cluster c;
  NetworkPolicyPeer both;
  both.namespaceSelector = labelled("team", "operations");
  both.podSelector = labelled("app", "monitor");
  c.add(allow_from(both), "monitors");
  CHECK(c.ingress(c.monitor).allowed);
  CHECK(c.ingress(c.monitor).policy == "shop/monitors");
  CHECK_FALSE(c.ingress(pod("ops", "other", "10.244.0.9")).allowed);
  CHECK_FALSE(c.ingress(pod("shop", "monitor", "10.244.0.8")).allowed);
  NetworkPolicyPeer ns;
  ns.namespaceSelector = labelled("team", "operations");
  NetworkPolicyPeer app;
  app.podSelector = labelled("app", "client");
  NetworkPolicy either = allow_from(ns);
  either.spec.ingress.mut(0).from.push_back(app);
  c.add(either, "either");
  CHECK(c.ingress(pod("ops", "other", "10.244.0.9")).policy == "shop/either");
  CHECK(c.ingress(c.client).allowed);
}

TEST_CASE("policy: an address range holds but for its exceptions") {
  Cluster c;
  NetworkPolicyPeer peer;
  peer.ipBlock.mut().cidr = "172.17.0.0/16";
  peer.ipBlock.mut().except.push_back("172.17.1.0/24");
  c.add(allow_from(peer), "block");
  CHECK(c.ingress(outside("172.17.2.9")).allowed);
  CHECK_FALSE(c.ingress(outside("172.17.1.9")).allowed);
  CHECK_FALSE(c.ingress(outside("172.18.0.1")).allowed);
  CHECK(cidr_contains("0.0.0.0/0", "255.255.255.255"));
  CHECK(cidr_contains("10.1.2.3/32", "10.1.2.3"));
  CHECK_FALSE(cidr_contains("10.1.2.3/32", "10.1.2.4"));
  CHECK_FALSE(cidr_contains("10.0.0.0/33", "10.0.0.1"));
  CHECK_FALSE(cidr_contains("10.0.0.0/8", "::1"));
}

TEST_CASE("policy: ports by number, range, name and protocol") {
  Cluster c;
  NetworkPolicy p;
  NetworkPolicyIngressRule rule;
  rule.ports.push_back(tcp(80));
  rule.ports.push_back(tcp(32000, 32768));
  NetworkPolicyPort named;
  named.port = api::IntOrString::of(Str("http"));
  rule.ports.push_back(named);
  NetworkPolicyPort dns = tcp(53);
  dns.protocol = Str("UDP");
  rule.ports.push_back(dns);
  p.spec.ingress.push_back(rule);
  c.add(p, "ports");
  CHECK(c.ingress(c.client, 80).allowed);
  CHECK_FALSE(c.ingress(c.client, 81).allowed);
  CHECK(c.ingress(c.client, 32000).allowed);
  CHECK(c.ingress(c.client, 32768).allowed);
  CHECK_FALSE(c.ingress(c.client, 32769).allowed);
  CHECK(c.ingress(c.client, 8080).allowed);
  CHECK(c.ingress(c.client, 53, "UDP").allowed);
  CHECK_FALSE(c.ingress(c.client, 53).allowed);
  CHECK_FALSE(c.ingress(c.client, 80, "UDP").allowed);
}

TEST_CASE("policy: they add up, and the ruling names the rule that admitted") {
  Cluster c;
  c.add(deny({"Ingress"}), "a-deny");
  NetworkPolicy p;
  NetworkPolicyIngressRule first, second;
  first.ports.push_back(tcp(1));
  second.ports.push_back(tcp(8080));
  p.spec.ingress.push_back(first);
  p.spec.ingress.push_back(second);
  c.add(p, "b-web");
  PolicyRuling r = c.ingress(c.client);
  CHECK(r.allowed);
  CHECK(r.isolated_by == std::vector<Str>{"shop/a-deny", "shop/b-web"});
  CHECK(r.policy == "shop/b-web");
  CHECK(r.rule == 1);
  CHECK(explain(r, PolicyDirection::Ingress, {c.client, c.web, 8080, "TCP"}) ==
        "NetworkPolicy shop/b-web admits it by its ingress rule 2");
}

TEST_CASE("policy: an empty rule admits all, no rule admits nothing") {
  Cluster c;
  NetworkPolicy all = deny({"Ingress"});
  all.spec.ingress.push_back(NetworkPolicyIngressRule());
  c.add(deny({"Ingress"}), "deny");
  CHECK_FALSE(c.ingress(outside("8.8.8.8")).allowed);
  c.add(all, "open");
  CHECK(c.ingress(outside("8.8.8.8")).allowed);
}

TEST_CASE("policy: egress to a pod of another namespace by its labels, not to others") {
  Cluster c;
  NetworkPolicy p = deny({"Egress"});
  NetworkPolicyEgressRule rule;
  NetworkPolicyPeer peer;
  peer.namespaceSelector = labelled("kubernetes.io/metadata.name", "ops");
  rule.to.push_back(peer);
  p.spec.egress.push_back(rule);
  c.add(p, "to-ops");
  CHECK(c.egress(c.client, c.monitor).allowed);
  CHECK_FALSE(c.egress(c.client, c.web).allowed);
  CHECK_FALSE(c.egress(c.client, outside("8.8.8.8")).allowed);
  CHECK(c.egress(c.monitor, c.web).allowed);  // the policy is not of its namespace
}
