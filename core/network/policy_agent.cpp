#include "core/network/policy_agent.h"

#include "core/api/kinds.h"
#include "core/base/text.h"

namespace orrery::network {

using api::ObjectPtr;
using api::core_v1::Namespace;
using api::core_v1::Pod;
using api::networking_v1::NetworkPolicy;

namespace {

constexpr int32_t kDnsPort = 53;

ports::Identity agent_identity() {
  ports::Identity id;
  id.user = "system:serviceaccount:kube-system:network-policy";
  id.groups = {"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"};
  return id;
}

// Addresses of ended pods may be another's by now.
void by_ip(const ObjectPtr& object, std::vector<Str>& values) {
  const Pod* pod = object.as<Pod>();
  if (!pod || pod->status.podIP.empty() || pod->spec.hostNetwork) return;
  if (pod->status.phase == "Succeeded" || pod->status.phase == "Failed") return;
  values.push_back(pod->status.podIP);
}

}  // namespace

PolicyEnd cluster_dns_end(const Str& ip) {
  PolicyEnd end;
  end.ip = ip;
  end.ns = "kube-system";
  end.name = "coredns";
  end.labels.set("k8s-app", "kube-dns");
  api::core_v1::Container c;
  for (const char* protocol : {"UDP", "TCP"}) {
    api::core_v1::ContainerPort port;
    port.name = protocol[0] == 'U' ? "dns" : "dns-tcp";
    port.protocol = protocol;
    port.containerPort = kDnsPort;
    c.ports.push_back(std::move(port));
  }
  end.containers.push_back(std::move(c));
  return end;
}

PolicyAgent::PolicyAgent(ports::TaskQueue& queue, ports::ApiHandler& api, PolicyEnd dns)
    : client_(api, queue, agent_identity(), "network-policy"),
      policies_(client_, queue, api::kind<NetworkPolicy>()),
      namespaces_(client_, queue, api::kind<Namespace>()),
      pods_(client_, queue, api::kind<Pod>()),
      dns_(std::move(dns)) {
  pods_.add_index(by_ip);
  policies_.add_handler(*this);
  namespaces_.add_handler(*this);
}

void PolicyAgent::start() { policies_.start(); }

void PolicyAgent::stop() {
  policies_.stop();
  namespaces_.stop();
  pods_.stop();
  set_ = {};
}

PolicyAgent::State PolicyAgent::state() const { return {set_, policies_.state(), namespaces_.state(), pods_.state()}; }

void PolicyAgent::restore(State state) {
  set_ = std::move(state.set);
  policies_.restore(std::move(state.policies));
  namespaces_.restore(std::move(state.namespaces));
  pods_.restore(std::move(state.pods));
}

bool PolicyAgent::any() const { return !set_.by_namespace.empty() && namespaces_.synced() && pods_.synced(); }

void PolicyAgent::watch_ends() {
  const bool wanted = !set_.by_namespace.empty();
  if (wanted == pods_.running()) return;
  if (wanted) {
    namespaces_.start();
    pods_.start();
  } else {
    namespaces_.stop();
    pods_.stop();
    set_.namespace_labels.clear();
  }
}

void PolicyAgent::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                            const ObjectPtr& after) {
  const api::meta_v1::ObjectMeta& meta = (after ? after : before).meta();
  if (&informer == &namespaces_) {
    if (after)
      set_.namespace_labels[meta.name] = meta.labels;
    else
      set_.namespace_labels.erase(meta.name);
    return;
  }
  const Str ns = meta.namespace_;
  std::vector<PolicyPtr> now;
  policies_.each_in(ns, [&](const ObjectPtr& object) { now.push_back(object.get<NetworkPolicy>()); });
  if (now.empty())
    set_.by_namespace.erase(ns);
  else
    set_.by_namespace[ns] = std::move(now);
  watch_ends();
}

PolicyEnd PolicyAgent::find_end(const Str& ip) const {
  if (!ip.empty() && ip == dns_.ip) return dns_;
  for (const ObjectPtr& object : pods_.lookup(by_ip, ip)) return end_of(*object.as<Pod>());
  PolicyEnd out;
  out.ip = ip;
  return out;
}

ports::ConnectionVerdict PolicyAgent::judge(const ports::Connection& c) const {
  PolicyQuestion q;
  q.from = find_end(c.from_ip);
  if (!q.from.is_pod()) q.from.node = c.from_node;
  q.to = find_end(c.to_ip);
  q.port = c.port;
  q.protocol = c.protocol;
  ports::ConnectionVerdict out;
  for (PolicyDirection direction : {PolicyDirection::Egress, PolicyDirection::Ingress}) {
    const PolicyRuling ruling = network::judge(set_, direction, q);
    std::string why = explain(ruling, direction, q);
    if (!ruling.allowed) return {false, std::move(why)};
    if (why.empty()) continue;
    out.why = out.why.empty() ? Str(why) : Str(cat(out.why, "; ", why));
  }
  return out;
}

}  // namespace orrery::network
