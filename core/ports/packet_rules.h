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

class DnsServer {
 public:
  virtual ~DnsServer() = default;
  virtual void serve(DnsTable table) = 0;
};

}  // namespace orrery::ports
