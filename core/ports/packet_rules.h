// Service tables that a node's packet filter (or the simulated network) applies: pure data, replaced as a whole.
#pragma once

#include "core/base/list.h"
#include "core/base/result.h"
#include "core/ports/task.h"

namespace orrery::ports {

struct Backend {
  Str ip;
  int32_t port = 0;
  Str node;
  Str pod_uid;      // "" for endpoints that are not pods
  bool ready = true;
  bool terminating = false;
};

struct ServiceRule {
  Str ns, name, port_name;
  Str uid;
  Str protocol;               // "TCP", "UDP", "SCTP"
  List<Str> ips;              // cluster IPs, external IPs and load-balancer IPs it answers on
  int32_t port = 0;
  int32_t node_port = 0;      // 0: none
  bool client_ip_affinity = false;
  int32_t affinity_timeout_s = 0;
  bool internal_local = false, external_local = false;  // traffic policies
  List<Backend> backends;     // those to send to, in a fixed order; empty: refuse (REJECT)
};

struct ServiceTable {
  uint64_t revision = 0;
  List<ServiceRule> rules;    // sorted by namespace, name, port
};

struct DnsRecord {
  Str name;                   // "web.default.svc.cluster.local" without the final dot, lower case
  List<Str> a;                // addresses, empty with a cname
  Str cname;                  // ExternalName
  List<Str> srv;              // "0 100 80 web.default.svc.cluster.local"
};

struct DnsTable {
  uint64_t revision = 0;
  Str domain;                 // "cluster.local"
  List<DnsRecord> records;    // sorted by name
};

class PacketRules {
 public:
  virtual ~PacketRules() = default;
  // Result<void>. Atomic replacement of all our rules on this node.
  virtual void apply(ServiceTable table, ReplyTo reply) = 0;
};

// A connection as the wire between nodes sees it, after Service addresses were resolved.
struct Connection {
  Str from_ip, to_ip;
  Str from_node;              // the sender's; a sender that is no pod is this node itself
  int32_t port = 0;
  Str protocol = "TCP";
};

struct ConnectionVerdict {
  bool allowed = true;
  Str why;                    // which policies have a say, and what decided; "": none has
};

// Asked for every new connection: NetworkPolicies.
class ConnectionFilter {
 public:
  virtual ~ConnectionFilter() = default;
  // False: everything passes, there is no need to ask.
  virtual bool any() const = 0;
  virtual ConnectionVerdict judge(const Connection& connection) const = 0;
};

class DnsServer {
 public:
  virtual ~DnsServer() = default;
  virtual void serve(DnsTable table) = 0;
};

}  // namespace orrery::ports
