// A whole simulated world: virtual time, a control plane, nodes, a network, and someone at a terminal. Two worlds can
// live in one process. One seed in, one fingerprint out.
#pragma once

#include <map>
#include <memory>

#include "core/cluster/control_plane.h"
#include "core/kubectl/kubectl.h"
#include "core/network/policy_agent.h"
#include "core/store/faulty_journal.h"
#include "core/store/memory_journal.h"
#include "runtime_sim/network/sim_link.h"
#include "runtime_sim/world/external_metrics.h"
#include "runtime_sim/world/machine.h"
#include "runtime_sim/world/sim_certificates.h"
#include "runtime_sim/world/sim_tokens.h"
#include "runtime_sim/world/trace_log.h"

namespace orrery::sim {

struct WorldOptions {
  uint64_t seed = 1;
  WallTime epoch{1'767'225'600'000'000'000};  // 2026-01-01T00:00:00Z
  List<NodeSpec> nodes;                       // empty: `node_count` alike, node-1 ...
  uint32_t node_count = 3;
  List<PlainImage> images;                    // that this world's registry has beside the catalogue's
  NodeTimings timings;
  NetOptions net;
  LinkOptions link;         // between components and the API server
  // Of etcd's log, until a write is durable: what a solid-state disk takes. Nothing is written in no time, so no circle of
  // components that answer each other's writes stands still at one instant.
  Duration etcd_sync = millis(1);
  size_t trace_max = 4096;  // records kept
};

// Virtual wall time: the epoch plus the loop's clock.
class SimClock final : public ports::Clock {
 public:
  SimClock(const ports::TaskQueue& queue, WallTime epoch) : queue_(queue), epoch_(epoch) {}
  WallTime now() const override { return epoch_ + (queue_.now() - Instant{}); }

 private:
  const ports::TaskQueue& queue_;
  WallTime epoch_;
};

// The user's manifest files.
class MemoryFiles final : public kubectl::FileSource {
 public:
  bool read(std::string_view path, std::string& text) override;
  bool write(std::string_view path, std::string_view text) override;
  std::vector<std::string> list(std::string_view folder) override;
  std::map<std::string, std::string>& files() { return files_; }

 private:
  std::map<std::string, std::string> files_;
};

class SimWorld final : public cluster::Links {
 public:
  explicit SimWorld(WorldOptions options);
  ~SimWorld() override;
  SimWorld(const SimWorld&) = delete;
  SimWorld& operator=(const SimWorld&) = delete;

  // Another world that goes on from here as this one would. Objects, texts and what tasks carry are shared; all else is
  // copied. What outsiders attached to the loop is not in it: the calls that wait to answer them are cancelled there.
  std::unique_ptr<SimWorld> copy() const;
  // About how much memory a copy takes of its own.
  size_t copy_bytes() const;

  loop::Loop& loop() { return loop_; }
  const loop::Loop& loop() const { return loop_; }
  const SimClock& clock() const { return clock_; }
  ports::ApiHandler& api() { return user_link(); }
  cluster::ControlPlane& control_plane() { return *control_; }
  SimNetwork& network() { return network_; }
  TraceLog& trace() { return trace_; }
  MemoryFiles& files() { return files_; }
  kubectl::Kubectl& kubectl() { return *kubectl_; }

  // Lets virtual time pass. `max_tasks` bounds a slice (0: none); returns the tasks run.
  uint64_t run_for(Duration d) { return loop_.run_until(loop_.now() + d); }
  uint64_t run_until(Instant t, uint64_t max_tasks = 0) { return loop_.run_until(t, max_tasks); }

  Result<void> add_node(const NodeSpec& spec);
  Result<void> remove_node(const Str& name);  // the machine goes; its Node object stays until someone deletes it
  SimNode* node(const Str& name);
  kubelet::Kubelet* kubelet(const Str& name);
  std::vector<Str> node_names() const;

  // Parts that can be stopped and started: "apiserver", "etcd" (with it), "scheduler", "controller-manager",
  // "node/<name>" (power), "kubelet/<name>", "kube-proxy/<name>", "dns".
  Result<void> stop_part(const Str& part);
  Result<void> start_part(const Str& part);
  bool part_running(const Str& part) const;

  // What is broken now, in the words of faults/fault.h, oldest first; kept by begin_fault() and end_fault().
  std::vector<Str>& faults() { return faults_; }

  // What the cluster's adapter measures outside of it.
  SimExternalMetrics& outside() { return outside_; }

  // Between two of: a node's name, "apiserver", "scheduler", "controller-manager", "dns". Nodes reach each other and the
  // API server, all others the API server only.
  Result<void> set_cut(const Str& a, const Str& b, bool on);
  Result<void> set_loss(const Str& a, const Str& b, uint32_t percent);
  Result<void> set_clock_skew(const Str& node, Duration fast_by);
  // Of the disk under etcd.
  store::JournalFaults& disk() { return disk_.faults(); }
  const WorldOptions& options() const { return options_; }

  // Over everything that happened so far: equal for equal seeds and inputs, native and WebAssembly alike.
  uint64_t fingerprint() const;

  ports::ApiHandler& link(std::string_view component, ports::ApiHandler& api) override;

 private:
  struct Site;  // a machine and its link
  struct Copying {};
  SimWorld(const SimWorld& other, Copying);
  SimWorld(WorldOptions options, const Rng& rng);  // the parts, not yet wired
  void wire();
  void make_kubectl();
  Site& make_machine(const NodeSpec& spec, uint32_t index);
  void copy_links(const SimWorld& other);
  void copy_machines(const SimWorld& other);
  void drop_calls_of_outsiders(const SimWorld& other);
  SimLink& user_link() { return *links_.at("kubectl"); }
  Str part_of(const Str& part, std::string_view prefix) const;
  void refresh_links();
  void start_kubelet(const Str& node);
  void set_reachable(const Str& node, bool yes);
  SimLink* link_of(const Str& a, const Str& b);

  WorldOptions options_;
  loop::Loop loop_;
  SimClock clock_;
  Registry registry_;
  Rng rng_;
  TraceLog trace_;
  SimNetwork network_;
  SimTokens tokens_;
  SimCertificates certificates_;
  store::MemoryJournal journal_;
  store::FaultyJournal disk_;
  SimExternalMetrics outside_;
  std::map<std::string, std::unique_ptr<SimLink>, std::less<>> links_;
  std::unique_ptr<cluster::ControlPlane> control_;
  SimDns dns_server_;
  std::unique_ptr<network::ClusterDns> dns_;
  std::unique_ptr<network::PolicyAgent> policies_;
  std::map<Str, std::unique_ptr<Site>> machines_;
  uint32_t next_node_ = 0;
  std::set<Str> stopped_;
  std::vector<Str> faults_;
  std::set<const SimLink*> cut_;  // by a fault; cuts that follow from stopped parts come on top
  MemoryFiles files_;
  std::unique_ptr<kubectl::Kubectl> kubectl_;
};

}  // namespace orrery::sim
