#include "runtime_sim/network/sim_network.h"

#include "core/base/text.h"

namespace orrery::sim {
namespace {

// Where the kernel of a node sends a Service's connections on. kube-proxy only wrote the rules.
Str rules_of(const Str& node) { return cat("rules/", node); }

// What the API server tells whom it doesn't know: apiserver::unauthorized() as it is sent.
constexpr int32_t kUnauthorized = 401;
constexpr const char* kNobody = R"({
  "kind": "Status",
  "apiVersion": "v1",
  "metadata": {},
  "status": "Failure",
  "message": "Unauthorized",
  "reason": "Unauthorized",
  "code": 401
})";

}  // namespace

SimNetwork::SimNetwork(ports::TaskQueue& queue, ports::TraceSink* trace, NetOptions options, Rng rng)
    : queue_(queue), trace_(trace), options_(options) {
  state_.rng = rng;
}

Str SimNetwork::node_address(uint32_t n) const { return cat("10.0.", (n + 10) / 250, ".", (n + 10) % 250); }

Str SimNetwork::allocate_pod_ip(uint32_t node) {
  constexpr uint32_t kPerNode = 254;
  std::set<uint32_t>& used = state_.ips[node];
  uint32_t& next = state_.next_ip[node];
  for (uint32_t tries = 0; tries < kPerNode; ++tries) {
    uint32_t host = next % kPerNode + 1;
    ++next;
    if (used.insert(host).second) return cat("10.", 244 + node / 256, ".", node % 256, ".", host);
  }
  return {};
}

void SimNetwork::release_pod_ip(const Str& ip) {
  std::vector<std::string> parts = split(ip, '.');
  int64_t a = 0, b = 0, host = 0;
  if (parts.size() != 4 || !parse_int64(parts[1], a) || !parse_int64(parts[2], b) || !parse_int64(parts[3], host)) return;
  state_.ips[static_cast<uint32_t>((a - 244) * 256 + b)].erase(static_cast<uint32_t>(host));
}

void SimNetwork::listen(const Str& ip, int32_t port, const Str& node, const Str& container_id, const Str& pod_uid) {
  state_.listeners[{ip, port}] = {node, container_id, pod_uid};
}

void SimNetwork::set_api_up(bool up) {
  if (up) listen(kApiAddress, kApiPort, kApiServer, kApiServer, {});
  else unlisten(kApiServer);
}

void SimNetwork::unlisten(const Str& container_id) {
  for (auto it = state_.listeners.begin(); it != state_.listeners.end();)
    it = it->second.container_id == container_id ? state_.listeners.erase(it) : std::next(it);
}

void SimNetwork::add_node(const Str& name, const Str& ip, Listener& listener) {
  nodes_[name] = &listener;
  state_.node_of_ip[ip] = name;
}

void SimNetwork::remove_node(const Str& name) {
  nodes_.erase(name);
  for (auto it = state_.node_of_ip.begin(); it != state_.node_of_ip.end();)
    it = it->second == name ? state_.node_of_ip.erase(it) : std::next(it);
  state_.services.erase(name);
  state_.down.erase(name);
  const auto names = [&](const std::pair<Str, Str>& ends) { return ends.first == name || ends.second == name; };
  std::erase_if(state_.cuts, names);
  std::erase_if(state_.loss, [&](const auto& entry) { return names(entry.first); });
}

void SimNetwork::set_services(const Str& node, ports::ServiceTable table) { state_.services[node] = std::move(table); }
void SimNetwork::set_dns(ports::DnsTable table) { state_.dns = std::move(table); }

void SimNetwork::cut(const Str& a, const Str& b, bool on) {
  auto pair = a < b ? std::pair{a, b} : std::pair{b, a};
  if (on)
    state_.cuts.insert(pair);
  else
    state_.cuts.erase(pair);
}

void SimNetwork::set_loss(const Str& a, const Str& b, uint32_t percent) {
  auto pair = a < b ? std::pair{a, b} : std::pair{b, a};
  if (percent)
    state_.loss[pair] = percent;
  else
    state_.loss.erase(pair);
}

bool SimNetwork::is_cut(const Str& a, const Str& b) const {
  if (state_.down.empty() && state_.cuts.empty()) return false;
  return state_.down.count(a) || state_.down.count(b) || state_.cuts.count(a < b ? std::pair{a, b} : std::pair{b, a}) > 0;
}

void SimNetwork::set_node_down(const Str& node, bool down) {
  if (down)
    state_.down.insert(node);
  else
    state_.down.erase(node);
}

Duration SimNetwork::latency(const Str& from, const Str& to) const {
  return from == to ? options_.latency_same_node : options_.latency_between_nodes;
}

void SimNetwork::hop(const NetRequest& r, const Str& from, const Str& to, Str verb, Str why, Duration travel) {
  if (!trace_) return;
  ports::TraceRecord t;
  t.at = queue_.now();
  t.travel = travel;
  t.from = from;
  t.to = to;
  t.verb = std::move(verb);
  t.why = std::move(why);
  t.heartbeat = starts_with(r.from, "kubelet/");
  trace_->emit(std::move(t));
}

NetAnswer SimNetwork::fail(const NetRequest& r, Verdict verdict, Duration took, std::string why) {
  NetAnswer a;
  a.verdict = verdict;
  a.why = why;
  a.took = took;
  hop(r, r.from, r.host, cat(r.method, " ", r.path), std::move(why), took);
  return a;
}

// `gate` gets the node whose rules it is: a Service's address is one of the sender's own node, a node's port of that node.
const ports::ServiceRule* SimNetwork::find_service(const Str& node, const Str& ip, int32_t port, Str& gate) const {
  const auto owner = state_.node_of_ip.find(ip);
  const bool to_node = owner != state_.node_of_ip.end();
  gate = to_node ? owner->second : node;
  auto table = state_.services.find(gate);
  if (table == state_.services.end()) return nullptr;
  for (const ports::ServiceRule& rule : table->second.rules)
    if ((rule.port == port && rule.ips.contains(ip)) || (to_node && port != 0 && rule.node_port == port)) return &rule;
  return nullptr;
}

const ports::DnsRecord* SimNetwork::record_of(std::string name) const {
  name = to_lower(name);
  uint32_t lo = 0, hi = state_.dns.records.size();
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    if (state_.dns.records[mid].name.view() < name) lo = mid + 1;
    else hi = mid;
  }
  return lo < state_.dns.records.size() && state_.dns.records[lo].name == name ? &state_.dns.records[lo] : nullptr;
}

List<Str> SimNetwork::aliases(const Str& host, const Str& ns) const {
  std::string name = host.str(), domain = state_.dns.domain.empty() ? "cluster.local" : state_.dns.domain.str();
  while (!name.empty() && name.back() == '.') name.pop_back();
  const ports::DnsRecord* r = nullptr;
  for (const std::string& candidate :
       {cat(name, ".", ns, ".svc.", domain), cat(name, ".svc.", domain), cat(name, ".", domain), name})
    if (!r) r = record_of(candidate);
  List<Str> chain;
  if (r) chain.push_back(r->name);
  for (uint32_t i = 0; r && !r->cname.empty() && i < kCnamesMax; ++i) {
    chain.push_back(r->cname);
    r = record_of(r->cname.str());
  }
  return chain;
}

// "10-244-0-5.default.pod.cluster.local" is 10.244.0.5 (Kubernetes DNS-Based Service Discovery; CoreDNS `pods insecure`).
Str SimNetwork::pod_address(const Str& host) const {
  std::vector<std::string> parts = split(to_lower(host), '.');
  std::string domain = state_.dns.domain.empty() ? "cluster.local" : state_.dns.domain.str(), rest;
  for (size_t i = 3; i < parts.size(); ++i) rest += (i > 3 ? "." : "") + parts[i];
  if (parts.size() < 3 || parts[2] != "pod" || (!rest.empty() && rest != domain)) return {};
  std::string ip = replace_all(parts[0], "-", ".");
  bool dotted = split(ip, '.').size() == 4 && ip.find_first_not_of("0123456789.") == std::string::npos;
  return dotted ? Str(ip) : Str();
}

List<Str> SimNetwork::resolve(const Str& host, const Str& ns, Str* full) const {
  List<Str> chain = aliases(host, ns);
  if (chain.empty()) {
    Str ip = pod_address(host);
    if (ip.empty()) return {};
    if (full) *full = host;
    return {ip};
  }
  const Str& name = chain[chain.size() - 1];
  if (full) *full = name;
  const ports::DnsRecord* r = record_of(name.str());
  return r ? r->a : List<Str>();
}

bool SimNetwork::dns_answers(const Str& from_ip, const Str& from_node, Str* why) const {
  if (state_.dns_down) {
    if (why) *why = "the DNS server does not answer";
    return false;
  }
  if (!filter_ || !filter_->any()) return true;
  ports::ConnectionVerdict v = filter_->judge({from_ip, kDnsAddress, from_node, kDnsPort, "UDP"});
  if (why) *why = std::move(v.why);
  return v.allowed;
}

NetAnswer SimNetwork::request(const NetRequest& r) {
  Duration took;
  Str ip = r.host;
  bool is_address = !r.host.empty() && r.host.view().find_first_not_of("0123456789.") == std::string_view::npos;
  if (r.host == "localhost") ip = "127.0.0.1";
  else if (!is_address) {
    if (state_.dns_down) return fail(r, Verdict::NoSuchHost, options_.timeout, cat("bad address '", r.host, "': the DNS server does not answer"));
    if (Str why; !dns_answers(r.from_ip, r.from_node, &why)) {
      hop(r, r.from, "dns", cat("A ", r.host), why, options_.timeout);
      return fail(r, Verdict::NoSuchHost, options_.timeout, cat("bad address '", r.host, "'"));
    }
    took = took + options_.latency_between_nodes * 2;
    Str full;
    List<Str> addresses = resolve(r.host, r.ns, &full);
    hop(r, r.from, "dns", cat("A ", r.host), addresses.empty() ? std::string("no such name") : cat(full, " is ", addresses[0]),
        took);
    if (addresses.empty()) return fail(r, Verdict::NoSuchHost, took, cat("bad address '", r.host, "'"));
    ip = addresses[state_.next_address++ % addresses.size()];
  }
  // Programs name the address that they asked for, not the one behind it.
  const auto failed = [this, &r, asked = ip](Verdict verdict, Duration after, std::string why) {
    NetAnswer a = fail(r, verdict, after, std::move(why));
    a.address = asked;
    return a;
  };
  int32_t port = r.port;
  Str service, gate;
  if (const ports::ServiceRule* rule = find_service(r.from_node, ip, port, gate)) {
    if (is_cut(r.from_node, gate)) return failed(Verdict::Dropped, options_.timeout, cat("node ", gate, " can't be reached"));
    service = rule->name;
    List<ports::Backend> usable;
    for (const ports::Backend& b : rule->backends)
      if (!rule->internal_local || b.node == r.from_node) usable.push_back(b);
    if (usable.empty())
      return failed(Verdict::Refused, took, cat("Service ", rule->ns, "/", rule->name, " has no ready endpoint"));
    uint64_t pick = rule->client_ip_affinity ? fnv1a(r.from) : state_.next_backend++;
    const ports::Backend& b = usable[pick % usable.size()];
    hop(r, r.from, rules_of(gate), cat("Service ", rule->name), cat("one of ", usable.size(), " ready endpoints: ", b.ip),
        {});
    ip = b.ip;
    port = b.port;
  }
  Str admitted;
  if (filter_ && filter_->any()) {
    ports::ConnectionVerdict v = filter_->judge({r.from_ip, ip, r.from_node, port, "TCP"});
    if (!v.allowed) return failed(Verdict::Dropped, options_.timeout, v.why.str());
    admitted = std::move(v.why);
  }
  auto it = state_.listeners.find({ip, port});
  if (it == state_.listeners.end()) {
    auto node = state_.node_of_ip.find(ip);
    if (node != state_.node_of_ip.end() && is_cut(r.from_node, node->second))
      return failed(Verdict::Dropped, options_.timeout, cat("node ", node->second, " can't be reached"));
    return failed(Verdict::Refused, took + options_.latency_between_nodes * 2, cat("nothing listens on ", ip, ":", port));
  }
  const Endpoint& to = it->second;
  if (is_cut(r.from_node, to.node))
    return failed(Verdict::Dropped, options_.timeout, cat(to.node == kApiServer ? "" : "node ", to.node, " can't be reached"));
  Duration travel = latency(r.from_node, to.node);
  if (!state_.loss.empty()) {
    auto lossy = state_.loss.find(r.from_node < to.node ? std::pair{r.from_node, to.node} : std::pair{to.node, r.from_node});
    if (lossy != state_.loss.end()) took = took + resend_wait(state_.rng, lossy->second) + resend_wait(state_.rng, lossy->second);
  }
  const bool api = to.node == kApiServer;
  hop(r, service.empty() ? r.from : rules_of(gate), api ? Str(kApiServer) : cat_str("pod/", to.pod_uid),
      cat_str(r.method, " ", r.path), std::move(admitted), travel);
  auto node = nodes_.find(to.node);
  NetAnswer a;
  if (node != nodes_.end() && !r.connect_only) a = node->second->answer(to.container_id, r);
  if (api && !r.connect_only) a.status = kUnauthorized, a.body = kNobody;
  a.address = cat_str(ip, ":", port);
  a.took = a.took + took + travel * 2;
  return a;
}

}  // namespace orrery::sim
