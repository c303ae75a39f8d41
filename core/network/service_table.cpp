#include "core/network/service_table.h"

#include <algorithm>
#include <map>

namespace orrery::network {

using api::core_v1::Service;
using api::core_v1::ServicePort;
using api::discovery_v1::Endpoint;
using api::discovery_v1::EndpointPort;
using api::discovery_v1::EndpointSlice;
using ports::Backend;
using ports::ServiceRule;

namespace {

Str protocol_of(const ServicePort& port) { return port.protocol.empty() ? Str("TCP") : port.protocol; }

// Endpoints of a service's port, in the order of their addresses, each address once.
std::vector<Backend> backends_of(const ServicePort& port, const std::vector<SlicePtr>& slices) {
  std::map<std::pair<Str, int32_t>, Backend> by_address;
  for (const SlicePtr& slice : slices) {
    if (!(slice->addressType == "IPv4")) continue;
    for (const EndpointPort& p : slice->ports) {
      if (!(p.name.value_or(Str()) == port.name) || !(p.protocol.value_or(Str("TCP")) == protocol_of(port)) || !p.port)
        continue;
      for (const Endpoint& e : slice->endpoints) {
        if (e.addresses.empty()) continue;
        Backend b;
        b.ip = e.addresses[0];
        b.port = *p.port;
        b.node = e.nodeName.value_or(Str());
        if (e.targetRef && e.targetRef->kind == "Pod") b.pod_uid = e.targetRef->uid;
        bool serving = e.conditions.serving.value_or(e.conditions.ready.value_or(true));
        b.terminating = e.conditions.terminating.value_or(false);
        b.ready = e.conditions.ready.value_or(true);
        if (!b.ready && !(serving && b.terminating)) continue;
        auto [it, fresh] = by_address.try_emplace({b.ip, b.port}, b);
        if (!fresh && b.ready && !it->second.ready) it->second = b;  // the better of two slices that name it
      }
    }
  }
  std::vector<Backend> out;
  for (auto& [address, backend] : by_address) out.push_back(backend);
  return out;
}

// Ready ones; if there is none, those that still serve while they end.
std::vector<Backend> usable(const std::vector<Backend>& all) {
  std::vector<Backend> ready, ending;
  for (const Backend& b : all) (b.ready ? ready : ending).push_back(b);
  return ready.empty() ? ending : ready;
}

std::vector<Backend> on_node(const std::vector<Backend>& all, const Str& node) {
  std::vector<Backend> out;
  for (const Backend& b : all)
    if (b.node == node) out.push_back(b);
  return out;
}

List<Backend> as_list(const std::vector<Backend>& backends) {
  List<Backend> out;
  out.reserve(backends.size());
  for (const Backend& b : backends) out.push_back(b);
  return out;
}

bool external_type(const Service& s) { return s.spec.type == "NodePort" || s.spec.type == "LoadBalancer"; }

List<Str> cluster_ips(const Service& s) {
  List<Str> out;
  for (const Str& ip : s.spec.clusterIPs)
    if (ip.view().find(':') == std::string_view::npos) out.push_back(ip);
  if (out.empty()) out.push_back(s.spec.clusterIP);
  return out;
}

List<Str> external_ips(const Service& s) {
  List<Str> out = s.spec.externalIPs;
  if (s.spec.type == "LoadBalancer")
    for (const auto& ingress : s.status.loadBalancer.ingress)
      if (!ingress.ip.empty() && !(ingress.ipMode && *ingress.ipMode == "Proxy")) out.push_back(ingress.ip);
  return out;
}

}  // namespace

Str service_of(const EndpointSlice& slice) { return slice.metadata.labels.get("kubernetes.io/service-name"); }

std::vector<ServiceRule> rules_for(const Service& service, const std::vector<SlicePtr>& slices, const Str& node) {
  std::vector<ServiceRule> out;
  const auto& spec = service.spec;
  if (spec.type == "ExternalName" || spec.clusterIP.empty() || spec.clusterIP == "None") return out;
  bool internal_local = spec.internalTrafficPolicy && *spec.internalTrafficPolicy == "Local";
  List<Str> outside = external_ips(service);
  bool external_local = spec.externalTrafficPolicy == "Local" && (external_type(service) || !outside.empty());
  for (const ServicePort& port : spec.ports) {
    std::vector<Backend> all = backends_of(port, slices);
    ServiceRule rule;
    rule.ns = service.metadata.namespace_;
    rule.name = service.metadata.name;
    rule.port_name = port.name;
    rule.uid = service.metadata.uid;
    rule.protocol = protocol_of(port);
    rule.port = port.port;
    rule.client_ip_affinity = spec.sessionAffinity == "ClientIP";
    if (rule.client_ip_affinity) {
      rule.affinity_timeout_s = 10800;
      if (spec.sessionAffinityConfig && spec.sessionAffinityConfig->clientIP &&
          spec.sessionAffinityConfig->clientIP->timeoutSeconds)
        rule.affinity_timeout_s = *spec.sessionAffinityConfig->clientIP->timeoutSeconds;
    }
    rule.ips = cluster_ips(service);
    rule.internal_local = internal_local;
    rule.external_local = external_local;
    int32_t node_port = external_type(service) ? port.nodePort : 0;
    rule.backends = as_list(usable(internal_local ? on_node(all, node) : all));
    if (internal_local == external_local || (node_port == 0 && outside.empty())) {
      // One set of backends for inside and outside.
      for (const Str& ip : outside) rule.ips.push_back(ip);
      rule.node_port = node_port;
      out.push_back(std::move(rule));
      continue;
    }
    ServiceRule from_outside = rule;
    from_outside.ips = outside;
    from_outside.node_port = node_port;
    from_outside.backends = as_list(usable(external_local ? on_node(all, node) : all));
    out.push_back(std::move(rule));
    out.push_back(std::move(from_outside));
  }
  return out;
}

}  // namespace orrery::network
