#include "core/network/policy.h"

#include "core/base/text.h"
#include "core/client/match.h"

namespace orrery::network {

using api::core_v1::Container;
using api::core_v1::ContainerPort;
using api::networking_v1::IPBlock;
using api::networking_v1::NetworkPolicy;
using api::networking_v1::NetworkPolicyPeer;
using api::networking_v1::NetworkPolicyPort;

namespace {

bool parse_ipv4(std::string_view text, uint32_t& out) {
  const std::vector<std::string> parts = split(text, '.');
  if (parts.size() != 4) return false;
  out = 0;
  for (const std::string& part : parts) {
    int64_t n = 0;
    if (!parse_int64(part, n) || n < 0 || n > 255) return false;
    out = out << 8 | static_cast<uint32_t>(n);
  }
  return true;
}

bool concerns(const NetworkPolicy& policy, PolicyDirection direction) {
  const bool ingress = direction == PolicyDirection::Ingress;
  if (policy.spec.policyTypes.empty()) return ingress || !policy.spec.egress.empty();  // as the API server defaults it
  return policy.spec.policyTypes.contains(ingress ? "Ingress" : "Egress");
}

bool in_block(const IPBlock& block, const Str& ip) {
  if (!cidr_contains(block.cidr, ip)) return false;
  return !block.except.find_if([&](const Str& hole) { return cidr_contains(hole, ip); });
}

bool is_peer(const PolicySet& set, const Str& policy_ns, const NetworkPolicyPeer& peer, const PolicyEnd& other) {
  if (peer.ipBlock) return in_block(*peer.ipBlock, other.ip);
  if (!other.is_pod()) return false;
  if (peer.namespaceSelector) {
    auto labels = set.namespace_labels.find(other.ns);
    if (!client::matches(*peer.namespaceSelector, labels == set.namespace_labels.end() ? Map<Str>() : labels->second))
      return false;
  } else if (!(other.ns == policy_ns)) {
    return false;
  }
  return !peer.podSelector || client::matches(*peer.podSelector, other.labels);
}

// Named ports are the receiver's, in both directions.
bool is_port(const NetworkPolicyPort& p, const PolicyQuestion& q) {
  const Str protocol = p.protocol.value_or("TCP");
  if (!(protocol == q.protocol)) return false;
  if (!p.port) return true;
  if (!p.port->is_string) return q.port >= p.port->number && q.port <= p.endPort.value_or(p.port->number);
  for (const Container& c : q.to.containers)
    for (const ContainerPort& own : c.ports) {
      const Str own_protocol = own.protocol.empty() ? Str("TCP") : own.protocol;
      if (own.name == p.port->text && own.containerPort == q.port && own_protocol == protocol) return true;
    }
  return false;
}

bool admits(const PolicySet& set, const Str& ns, const List<NetworkPolicyPeer>& peers,
            const List<NetworkPolicyPort>& ports, const PolicyEnd& other, const PolicyQuestion& q) {
  bool peer =
      peers.empty() || peers.find_if([&](const NetworkPolicyPeer& p) { return is_peer(set, ns, p, other); }) != nullptr;
  return peer && (ports.empty() || ports.find_if([&](const NetworkPolicyPort& p) { return is_port(p, q); }) != nullptr);
}

// The first rule of the policy that admits the connection, or -1.
int rule_of(const PolicySet& set, const NetworkPolicy& policy, PolicyDirection direction, const PolicyQuestion& q) {
  const Str& ns = policy.metadata.namespace_;
  int n = 0;
  if (direction == PolicyDirection::Ingress) {
    for (const auto& rule : policy.spec.ingress) {
      if (admits(set, ns, rule.from, rule.ports, q.from, q)) return n;
      ++n;
    }
  } else {
    for (const auto& rule : policy.spec.egress) {
      if (admits(set, ns, rule.to, rule.ports, q.to, q)) return n;
      ++n;
    }
  }
  return -1;
}

std::string name_of(const PolicyEnd& end) { return end.is_pod() ? cat("pod ", end.ns, "/", end.name) : end.ip.str(); }

}  // namespace

PolicyEnd end_of(const api::core_v1::Pod& pod) {
  return {pod.status.podIP,    pod.metadata.namespace_, pod.metadata.name,
          pod.metadata.labels, pod.spec.containers,     pod.spec.nodeName};
}

bool cidr_contains(std::string_view cidr, std::string_view ip) {
  const size_t slash = cidr.find('/');
  if (slash == std::string_view::npos) return false;
  uint32_t base = 0, address = 0;
  int64_t bits = 0;
  if (!parse_ipv4(cidr.substr(0, slash), base) || !parse_ipv4(ip, address)) return false;
  if (!parse_int64(cidr.substr(slash + 1), bits) || bits < 0 || bits > 32) return false;
  const uint32_t mask = bits == 0 ? 0 : ~uint32_t{0} << (32 - bits);
  return (base & mask) == (address & mask);
}

PolicyRuling judge(const PolicySet& set, PolicyDirection direction, const PolicyQuestion& q) {
  PolicyRuling out;
  const bool ingress = direction == PolicyDirection::Ingress;
  const PolicyEnd& own = ingress ? q.to : q.from;
  if (!own.is_pod() || q.from.ip == q.to.ip) return out;
  if (ingress && !q.from.is_pod() && !q.from.node.empty() && q.from.node == own.node) return out;
  auto policies = set.by_namespace.find(own.ns);
  if (policies == set.by_namespace.end()) return out;
  for (const PolicyPtr& policy : policies->second) {
    if (!concerns(*policy, direction) || !client::matches(policy->spec.podSelector, own.labels)) continue;
    out.isolated_by.push_back(cat(own.ns, "/", policy->metadata.name));
    if (!out.policy.empty()) continue;
    const int rule = rule_of(set, *policy, direction, q);
    if (rule < 0) continue;
    out.policy = out.isolated_by.back();
    out.rule = rule;
  }
  out.allowed = out.isolated_by.empty() || !out.policy.empty();
  return out;
}

std::string explain(const PolicyRuling& ruling, PolicyDirection direction, const PolicyQuestion& q) {
  if (ruling.isolated_by.empty()) return {};
  const bool ingress = direction == PolicyDirection::Ingress;
  const char* way = ingress ? "ingress" : "egress";
  if (ruling.allowed) return cat("NetworkPolicy ", ruling.policy, " admits it by its ", way, " rule ", ruling.rule + 1);
  const bool one = ruling.isolated_by.size() == 1;
  std::string names;
  for (const Str& name : ruling.isolated_by) names += cat(names.empty() ? "" : ", ", name);
  return cat("NetworkPolic", one ? "y " : "ies ", names, one ? " isolates " : " isolate ",
             name_of(ingress ? q.to : q.from), " for ", way, ", and no rule admits ", q.protocol, " port ", q.port,
             ingress ? " from " : " to ", name_of(ingress ? q.from : q.to));
}

}  // namespace orrery::network
