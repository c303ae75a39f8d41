// NetworkPolicy: may this connection pass, and which policy decides. Pure.
// Source: Kubernetes documentation, "Network Policies"; networking.k8s.io/v1 NetworkPolicySpec.
//   - A pod is isolated in a direction when a policy of its namespace selects it and names that direction; then only
//   what
//     some such policy's rule admits may pass. Policies add up; none forbids what another admits.
//   - A connection passes when the sender's egress and the receiver's ingress both let it. Answers need no rule.
//   - A pod always reaches itself; a node always reaches the pods that run on it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/api/gen/core_v1.h"
#include "core/api/gen/networking_v1.h"

namespace orrery::network {

using PolicyPtr = std::shared_ptr<const api::networking_v1::NetworkPolicy>;

// One end of a connection.
struct PolicyEnd {
  Str ip;
  Str ns, name;                              // of a pod; "": not a pod (a node, or something outside of the cluster)
  Map<Str> labels;                           // of the pod
  List<api::core_v1::Container> containers;  // of the pod, for the names of its ports
  Str node;                                  // where the pod runs, or the node itself
  bool is_pod() const { return !ns.empty(); }
};
// A pod's end. Pods of the host's network are no ends of their own: they are their node.
PolicyEnd end_of(const api::core_v1::Pod& pod);

struct PolicySet {
  std::map<Str, std::vector<PolicyPtr>> by_namespace;  // in order of their names
  std::map<Str, Map<Str>> namespace_labels;
};

struct PolicyQuestion {
  PolicyEnd from, to;
  int32_t port = 0;
  Str protocol = "TCP";
};

enum class PolicyDirection : uint8_t { Ingress, Egress };

struct PolicyRuling {
  bool allowed = true;
  std::vector<Str> isolated_by;  // "shop/deny-all"; empty: the pod is not isolated in this direction
  Str policy;                    // the one that admitted it
  int rule = -1;                 // the rule of that policy that did, from 0
};

PolicyRuling judge(const PolicySet& policies, PolicyDirection direction, const PolicyQuestion& question);
// One sentence about it; "" when no policy has a say.
std::string explain(const PolicyRuling& ruling, PolicyDirection direction, const PolicyQuestion& question);

// "10.0.0.0/8" holds "10.1.2.3". False for what is no IPv4 address or range.
bool cidr_contains(std::string_view cidr, std::string_view ip);

}  // namespace orrery::network
