// Cluster addresses and node ports. Source: pkg/registry/core/service/storage/alloc.go,
// pkg/registry/core/service/strategy.go (dropTypeDependentFields, patchAllocatedValues).
#include "core/api/gen/core_v1.h"
#include "core/apiserver/registry/kinds.h"
#include "core/apiserver/registry/registry.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;

bool parse_ip4(std::string_view text, uint32_t& out) {
  std::vector<std::string> parts = split(text, '.');
  if (parts.size() != 4) return false;
  out = 0;
  for (const std::string& p : parts) {
    int64_t n = 0;
    if (p.empty() || p.size() > 3 || !parse_int64(p, n) || n < 0 || n > 255 || p[0] == '+') return false;
    out = out << 8 | static_cast<uint32_t>(n);
  }
  return true;
}

Str ip4_text(uint32_t ip) { return Str(cat(ip >> 24, '.', ip >> 16 & 255, '.', ip >> 8 & 255, '.', ip & 255)); }

struct Cidr {
  uint32_t base = 0;
  uint32_t size = 0;
  explicit Cidr(const Str& text) {
    size_t slash = text.view().find('/');
    int64_t bits = 32;
    if (slash != std::string_view::npos) parse_int64(text.view().substr(slash + 1), bits);
    parse_ip4(text.view().substr(0, slash), base);
    size = bits <= 0 ? UINT32_MAX : static_cast<uint32_t>(uint64_t{1} << (32 - bits));
  }
  // The first and the last address are not handed out.
  bool contains(uint32_t ip) const { return ip > base && ip - base < size - 1; }
};

bool has_ip(const Service& s) {
  return s.spec.type != "ExternalName" && !s.spec.clusterIP.empty() && s.spec.clusterIP != "None";
}
bool wants_node_ports(const Service& s) {
  return s.spec.type == "NodePort" ||
         (s.spec.type == "LoadBalancer" && s.spec.allocateLoadBalancerNodePorts.value_or(true));
}

void learn(Registry& registry) {
  Registry::State& state = registry.state();
  if (state.allocations_known) return;
  state.cluster_ips.clear();
  state.node_ports.clear();
  const store::Table& table = registry.store().at(registry.table(api::kind<Service>()));
  auto hold = [&](const api::ObjectPtr& object) {
    const Service& s = *object.as<Service>();
    uint32_t ip = 0;
    if (has_ip(s) && parse_ip4(s.spec.clusterIP, ip)) state.cluster_ips.insert(ip);
    for (const ServicePort& p : s.spec.ports)
      if (p.nodePort) state.node_ports.insert(p.nodePort);
  };
  for (const auto& entry : table.items)
    if (!table.pending.count(entry.first)) hold(entry.second.object);
  for (const auto& entry : table.pending)
    if (entry.second.object) hold(entry.second.object);
  state.allocations_known = true;
}

Error refuse(const StrategyContext& c, const Service& s, std::string field, std::string why) {
  return invalid(c.kind, s.metadata.name, {{"FieldValueInvalid", Str(why), Str(field)}});
}

Result<void> allocate_ip(const StrategyContext& c, Service& s, const Service* old) {
  Registry::State& state = c.registry.state();
  Cidr range(c.registry.options().service_cidr);
  if (s.spec.type == "ExternalName") {
    if (old && has_ip(*old)) state.allocations_known = false;
    s.spec.clusterIP = Str();
    s.spec.clusterIPs.clear();
    s.spec.ipFamilies.clear();
    s.spec.ipFamilyPolicy.reset();
    return {};
  }
  if (s.spec.clusterIP.empty() && !s.spec.clusterIPs.empty()) s.spec.clusterIP = s.spec.clusterIPs[0];
  if (s.spec.ipFamilies.empty()) s.spec.ipFamilies.push_back("IPv4");
  if (!s.spec.ipFamilyPolicy) s.spec.ipFamilyPolicy = Str("SingleStack");
  if (s.spec.clusterIP == "None") {
    s.spec.clusterIPs = {Str("None")};
    return {};
  }
  if (old && old->spec.clusterIP == s.spec.clusterIP && has_ip(s)) {
    s.spec.clusterIPs = {s.spec.clusterIP};
    return {};
  }
  uint32_t ip = 0;
  if (!s.spec.clusterIP.empty()) {
    std::string field = "spec.clusterIPs", given = cat("Invalid value: [", quoted(s.spec.clusterIP), "]: ");
    if (!parse_ip4(s.spec.clusterIP, ip))
      return refuse(c, s, "spec.clusterIPs[0]",
                    cat("Invalid value: ", quoted(s.spec.clusterIP),
                        ": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
    if (!range.contains(ip))
      return refuse(c, s, field,
                    cat(given, "failed to allocate IP ", s.spec.clusterIP,
                        ": the provided network does not match the current range"));
    if (state.cluster_ips.count(ip))
      return refuse(c, s, field,
                    cat(given, "failed to allocate IP ", s.spec.clusterIP, ": provided IP is already allocated"));
  } else {
    // The lower part of the range is left to addresses that users choose.
    uint32_t band = std::min<uint32_t>(std::max<uint32_t>(16, range.size / 16), 256);
    uint32_t low = range.size > 2 * band ? band : 1;
    for (int i = 0; i < 64 && !ip; ++i) {
      uint32_t pick = range.base + low + static_cast<uint32_t>(state.rng.below(range.size - 1 - low));
      if (range.contains(pick) && !state.cluster_ips.count(pick)) ip = pick;
    }
    for (uint32_t pick = range.base + 1; !ip && range.contains(pick); ++pick)
      if (!state.cluster_ips.count(pick)) ip = pick;
    if (!ip)
      return make_error(Reason::InternalError,
                        "Internal error occurred: failed to allocate a serviceIP: range is full");
    s.spec.clusterIP = ip4_text(ip);
  }
  s.spec.clusterIPs = {s.spec.clusterIP};
  if (!c.writer.dry_run) state.cluster_ips.insert(ip);
  return {};
}

Result<void> allocate_ports(const StrategyContext& c, Service& s, const Service* old) {
  Registry::State& state = c.registry.state();
  const RegistryOptions& o = c.registry.options();
  if (!wants_node_ports(s)) {
    // Changing the type away from NodePort gives unchanged ports back.
    if (old && wants_node_ports(*old) && s.spec.type != old->spec.type) {
      for (uint32_t i = 0; i < s.spec.ports.size(); ++i) s.spec.ports.mut(i).nodePort = 0;
      state.allocations_known = false;
    }
    return {};
  }
  std::set<int32_t> mine;  // held by the old version or given to an earlier port of this one
  if (old)
    for (const ServicePort& p : old->spec.ports)
      if (p.nodePort) mine.insert(p.nodePort);
  for (uint32_t i = 0; i < s.spec.ports.size(); ++i) {
    ServicePort& p = s.spec.ports.mut(i);
    if (!p.nodePort) {
      for (uint32_t k = 0; k < i; ++k)  // one number for both protocols of a port
        if (s.spec.ports[k].port == p.port && s.spec.ports[k].protocol != p.protocol)
          p.nodePort = s.spec.ports[k].nodePort;
    }
    std::string field = cat("spec.ports[", i, "].nodePort");
    if (p.nodePort) {
      if (mine.count(p.nodePort)) continue;
      if (p.nodePort < o.node_port_min || p.nodePort > o.node_port_max)
        return refuse(c, s, field,
                      cat("Invalid value: ", p.nodePort,
                          ": provided port is not in the valid range. The range of valid ports is ", o.node_port_min,
                          '-', o.node_port_max));
      if (state.node_ports.count(p.nodePort))
        return refuse(c, s, field, cat("Invalid value: ", p.nodePort, ": provided port is already allocated"));
    } else {
      auto span = static_cast<uint64_t>(o.node_port_max - o.node_port_min + 1);
      for (int tries = 0; tries < 100 && !p.nodePort; ++tries) {
        int32_t pick = o.node_port_min + static_cast<int32_t>(state.rng.below(span));
        if (!state.node_ports.count(pick) && !mine.count(pick)) p.nodePort = pick;
      }
      for (int32_t pick = o.node_port_min; !p.nodePort && pick <= o.node_port_max; ++pick)
        if (!state.node_ports.count(pick)) p.nodePort = pick;
      if (!p.nodePort)
        return make_error(Reason::InternalError,
                          "Internal error occurred: failed to allocate a nodePort: range is full");
    }
    mine.insert(p.nodePort);
    if (!c.writer.dry_run) state.node_ports.insert(p.nodePort);
  }
  return {};
}

bool same_node_ports(const Service& a, const Service& b) {
  std::set<int32_t> of_a, of_b;
  for (const ServicePort& p : a.spec.ports) of_a.insert(p.nodePort);
  for (const ServicePort& p : b.spec.ports) of_b.insert(p.nodePort);
  return of_a == of_b;
}

// What the new type has no use for, and the client left as it was (pkg/registry/core/service/strategy.go,
// dropTypeDependentFields).
void drop_for_type(Service& s, const Service& old) {
  if (s.spec.type == old.spec.type) return;
  if (s.spec.type == "ExternalName") {
    bool same_ips = s.spec.clusterIP == old.spec.clusterIP && s.spec.clusterIPs == old.spec.clusterIPs;
    if (same_ips) s.spec.clusterIP = {}, s.spec.clusterIPs.clear();
    if (s.spec.ipFamilies == old.spec.ipFamilies) s.spec.ipFamilies.clear();
    if (s.spec.ipFamilyPolicy == old.spec.ipFamilyPolicy) s.spec.ipFamilyPolicy.reset();
  }
  if (wants_node_ports(old) && !wants_node_ports(s) && same_node_ports(s, old))
    for (uint32_t i = 0; i < s.spec.ports.size(); ++i) s.spec.ports.mut(i).nodePort = 0;
  bool was_outside = old.spec.type == "NodePort" || old.spec.type == "LoadBalancer";
  bool is_outside = s.spec.type == "NodePort" || s.spec.type == "LoadBalancer";
  if (was_outside && !is_outside && s.spec.externalTrafficPolicy == old.spec.externalTrafficPolicy) s.spec.externalTrafficPolicy = {};
  if (old.spec.type == "LoadBalancer") {
    if (s.spec.allocateLoadBalancerNodePorts == old.spec.allocateLoadBalancerNodePorts) s.spec.allocateLoadBalancerNodePorts.reset();
    if (s.spec.loadBalancerClass == old.spec.loadBalancerClass) s.spec.loadBalancerClass.reset();
  }
}

// What was handed out before may be left out by clients (patchAllocatedValues).
void update_service(const StrategyContext&, api::MutableObject& next, const api::ObjectPtr& from) {
  Service& s = next.as<Service>();
  const Service& old = *from.as<Service>();
  drop_for_type(s, old);
  if (s.spec.type != "ExternalName" && old.spec.type != "ExternalName") {
    if (s.spec.clusterIP.empty() && s.spec.clusterIPs.empty()) {
      s.spec.clusterIP = old.spec.clusterIP;
      s.spec.clusterIPs = old.spec.clusterIPs;
    } else if (s.spec.clusterIPs.empty()) {
      s.spec.clusterIPs = {s.spec.clusterIP};
    }
    if (s.spec.ipFamilies.empty()) s.spec.ipFamilies = old.spec.ipFamilies;
    if (!s.spec.ipFamilyPolicy) s.spec.ipFamilyPolicy = old.spec.ipFamilyPolicy;
  }
  if (!wants_node_ports(s)) return;
  for (uint32_t i = 0; i < s.spec.ports.size(); ++i)
    for (const ServicePort& q : old.spec.ports)
      if (!s.spec.ports[i].nodePort && q.nodePort && q.port == s.spec.ports[i].port &&
          q.protocol == s.spec.ports[i].protocol)
        s.spec.ports.mut(i).nodePort = q.nodePort;
}

Result<void> allocate_service(const StrategyContext& c, api::MutableObject& next, const api::ObjectPtr& old) {
  learn(c.registry);
  Service& s = next.as<Service>();
  const Service* before = old ? old.as<Service>() : nullptr;
  if (auto bad = allocate_ip(c, s, before); !bad.ok()) return bad;
  auto ports = allocate_ports(c, s, before);
  if (!ports.ok()) c.registry.state().allocations_known = false;
  return ports;
}

}  // namespace

Strategy service_strategy() {
  Strategy s;
  s.type = &api::desc<Service>();
  s.returns_deleted = true;
  s.create_on_update = true;
  s.update = update_service;
  s.allocate = allocate_service;
  return s;
}

}  // namespace orrery::apiserver
