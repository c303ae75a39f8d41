// The network of a simulated world: addresses, who listens where, Service tables, names, links with latency and faults.
// A request travels hop by hop; each hop is a trace record; the verdict says who refused or dropped it and why.
#pragma once

#include <map>
#include <set>

#include "core/base/rng.h"
#include "core/ports/packet_rules.h"
#include "core/ports/trace.h"
#include "runtime_sim/network/loss.h"

namespace orrery::sim {

inline const Str kGet = "GET", kRootPath = "/";  // of most requests

struct NetRequest {
  Str from_node;
  Str from;           // trace name of the sender: "pod/<uid>", "kubelet/node-1"
  Str from_ip;        // of the sending pod or node
  Str host;           // address or name
  int32_t port = 0;
  Str method = kGet;
  Str path = kRootPath;
  Str body;
  Str ns;             // of the sending pod, for short names
  bool connect_only = false;  // a TCP probe
};

constexpr uint32_t kCnamesMax = 8;  // followed for one name

enum class Verdict : uint8_t { Answered, Refused, Dropped, NoSuchHost };

struct NetAnswer {
  Verdict verdict = Verdict::Answered;
  int32_t status = 200;
  Str body;
  Str address;        // what the name resolved to, and what answered
  Str why;            // for Refused, Dropped, NoSuchHost
  Duration took;
};

// Something that listens: the node that runs the process answers.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual NetAnswer answer(const Str& container_id, const NetRequest& request) = 0;
};

constexpr const char* kApiServer = "apiserver";       // as listener, and as one end of a cut
constexpr const char* kApiAddress = "10.0.0.2";       // below the nodes' own
constexpr int32_t kApiPort = 6443;
constexpr const char* kDnsAddress = "10.96.0.10";
constexpr int32_t kDnsPort = 53;

struct NetOptions {
  Duration latency_same_node = micros(100);
  Duration latency_between_nodes = micros(500);
  Duration timeout = seconds(5);
};

class SimNetwork {
 public:
  SimNetwork(ports::TaskQueue& queue, ports::TraceSink* trace, NetOptions options = {}, Rng rng = Rng(1));

  // Addresses: node n is 10.0.x.y, its pods 10.244.<n>.<k> (several /24 a node when it has many).
  Str node_address(uint32_t node_index) const;
  Str allocate_pod_ip(uint32_t node_index);
  void release_pod_ip(const Str& ip);

  void listen(const Str& ip, int32_t port, const Str& node, const Str& container_id, const Str& pod_uid);
  void unlisten(const Str& container_id);
  void add_node(const Str& name, const Str& ip, Listener& listener);
  void remove_node(const Str& name);

  void set_services(const Str& node, ports::ServiceTable table);
  void set_dns(ports::DnsTable table);
  // Asked for every connection; null: all pass. It outlives its use here. What it refuses is dropped.
  void set_filter(const ports::ConnectionFilter* filter) { filter_ = filter; }

  // Links: a cut between two parts (nodes, or "apiserver"); both directions.
  void cut(const Str& a, const Str& b, bool on);
  bool is_cut(const Str& a, const Str& b) const;
  // Percent of packets lost between two nodes; both directions. 0: none.
  void set_loss(const Str& a, const Str& b, uint32_t percent);
  void set_node_down(const Str& node, bool down);
  bool node_down(const Str& node) const { return state_.down.count(node) > 0; }
  void set_dns_down(bool down) { state_.dns_down = down; }
  // Whether the API server takes requests of pods; it knows none of them, and says so.
  void set_api_up(bool up);
  // The DNS server answers that sender. `why` tells what keeps it from doing so.
  bool dns_answers(const Str& from_ip, const Str& from_node, Str* why = nullptr) const;
  Duration latency(const Str& from_node, const Str& to_node) const;

  // The answer and how long it takes; the caller posts it after `took`. No side effect but the trace and the listener's.
  NetAnswer request(const NetRequest& request);
  // Addresses of a name seen from a namespace; empty when there is none. `full` gets the name that matched.
  List<Str> resolve(const Str& host, const Str& ns, Str* full = nullptr) const;
  // The names from `host` to the one that has addresses, along CNAMEs, both included. Empty: there is no such name.
  List<Str> aliases(const Str& host, const Str& ns) const;

  struct Endpoint {
    Str node, container_id, pod_uid;
  };
  struct State {
    std::map<std::pair<Str, int32_t>, Endpoint> listeners;
    std::map<Str, Str> node_of_ip;                    // nodes' own addresses
    std::map<Str, ports::ServiceTable> services;      // by node
    ports::DnsTable dns;
    bool dns_down = false;
    std::set<std::pair<Str, Str>> cuts;               // ordered pairs
    std::map<std::pair<Str, Str>, uint32_t> loss;     // percent, by ordered pair
    Rng rng{1};
    std::set<Str> down;
    std::map<uint32_t, std::set<uint32_t>> ips;       // used host numbers, by node
    std::map<uint32_t, uint32_t> next_ip;
    uint64_t next_backend = 0, next_address = 0;      // round robin, deterministic; a name asked before each request
                                                      // must not make it skip every other backend
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  const ports::DnsRecord* record_of(std::string name) const;
  Str pod_address(const Str& host) const;
  NetAnswer fail(const NetRequest& r, Verdict verdict, Duration took, std::string why);
  const ports::ServiceRule* find_service(const Str& node, const Str& ip, int32_t port, Str& gate) const;
  void hop(const NetRequest& r, const Str& from, const Str& to, Str verb, Str why, Duration travel);

  ports::TaskQueue& queue_;
  ports::TraceSink* trace_;
  NetOptions options_;
  const ports::ConnectionFilter* filter_ = nullptr;
  std::map<Str, Listener*> nodes_;
  State state_;
};

}  // namespace orrery::sim
