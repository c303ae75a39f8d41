// Scheduler: the component. Watches pods and nodes, takes waiting pods one after another, chooses a node for each and
// binds it through the API. The choice counts at once (the pod is assumed to be there), before the API has answered.
#pragma once

#include <deque>
#include <optional>

#include "core/client/informer.h"
#include "core/client/event_recorder.h"
#include "core/ports/trace.h"
#include "core/scheduler/nominations.h"
#include "core/scheduler/preemption.h"
#include "core/scheduler/queue.h"

namespace orrery::scheduler {

struct SchedulerOptions {
  Str name = "default-scheduler";       // pods with another schedulerName are left alone
  int pods_a_task_max = 64;             // then other tasks get their turn
  size_t decisions_max = 1000;          // kept for last_decisions()
  Duration volumes_max = seconds(600);  // volumes not bound after so long: the pod goes back to the queue (bindTimeoutSeconds)
};

// What is kept of a decision: enough to tell it, and to recompute the rest.
struct Decision {
  Instant at;
  Key pod;
  Str uid;
  uint64_t revision = 0;                // of the snapshot: what the pod and node caches had seen
  Str node;                             // "": none fitted
  Choice choice;
  Preemption preemption;                // when none fitted
  std::shared_ptr<const PodInfo> info;  // the pod as it was
  Cluster::Moment moment;               // of the view it was decided on, and
  uint64_t nominations = 0;             // of the nominations
};

// Every rule on every node for a pod.
struct Explanation {
  const Decision* decision = nullptr;  // last_decision()
  // On the view that the decision was made on; else as things are now, a bound pod as if it had still to be placed.
  bool as_decided = false;
  std::vector<NodeReport> nodes;
};

class Scheduler final : public ports::Target, private client::InformerHandler {
 public:
  // `trace` may be null.
  Scheduler(ports::TaskQueue& queue, ports::ApiHandler& api, const ports::Clock& clock, const Rng& rng,
            ports::TraceSink* trace, SchedulerOptions options = {});
  ~Scheduler() override;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void start();
  void stop();
  void crash() { stop(); }
  bool running() const { return state_.running; }
  bool idle() const { return state_.waiting.active() == 0 && state_.binding.empty(); }

  // No nodes when there is no such pod.
  Explanation explain(const Key& pod) const;
  // Every rule on every node as the decision saw them; absent when too much has changed since.
  std::optional<std::vector<NodeReport>> explain(const Decision& decision) const;
  // The newest of the pod's as it is now; null: none, or longer ago than is kept. Valid until the scheduler goes on.
  const Decision* last_decision(const Key& pod) const;
  const std::deque<Decision>& last_decisions() const { return state_.decisions; }
  const SchedulingQueue& waiting() const { return state_.waiting; }
  const Cluster& cluster() const { return state_.cluster; }

  void on_task(const ports::Task& task) override;

  // A pod on its way to its node. First its volumes are bound (kube-scheduler's PreBind), then the pod itself.
  struct Binding {
    std::shared_ptr<const PodInfo> pod;
    Str node;
    Str why;
    std::vector<Str> volumes;   // that were given to its claims
    std::vector<Key> claims;    // that have to become bound
    std::vector<Key> provisions;  // of these: whose volume is to be made on the node
    int calls = 0;              // unanswered ones about volumes
    uint64_t volumes_seen = 0, claims_seen = 0;  // revisions that the caches must have reached
    bool sent = false;          // the pod's own binding
    uint64_t timer = 0;
  };
  struct State {
    Rng rng;
    bool running = false;
    bool cycle_posted = false;
    uint64_t epoch = 1;                   // of this run: tasks of a former one are late
    uint64_t timer = 0;
    Instant timer_due;
    Cluster cluster;
    SchedulingQueue waiting;
    std::map<uint64_t, Binding> binding;  // under way, by token
    int awaiting_volumes = 0;             // of these, not sent yet
    Nominations nominated;
    std::map<Key, uint64_t> assumed;      // pods whose binding the cache hasn't shown yet: token
    uint64_t next_token = 1;
    std::deque<Decision> decisions;
  };
  // What a copy of a world copies.
  struct Snapshot {
    State own;
    client::Informer::State pods, nodes, namespaces, budgets, claims, volumes, classes;
    client::Informer::State services, replication_controllers, replica_sets, stateful_sets;
    client::EventRecorder::State events;
  };
  Snapshot snapshot() const;
  void restore(Snapshot snapshot);

 private:
  enum TaskKind : uint32_t { kCycle = 1, kBound, kTimer, kStatus, kVolume, kVolumesLate };
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  void on_synced(const client::Informer&) override { wake(); }
  void on_advanced(const client::Informer&) override {
    if (state_.awaiting_volumes > 0) check_volumes();
    wake();
  }
  void pod_changed(const PodPtr& before, const PodPtr& after);
  void node_changed(const NodePtr& before, const NodePtr& after);
  void storage_changed(const client::Informer& informer, const api::ObjectPtr& before, const api::ObjectPtr& after);
  // False when the informer is none of a Service's or an owner's.
  bool group_changed(const client::Informer& informer, const api::ObjectPtr& before, const api::ObjectPtr& after);
  void claims_freed(const api::core_v1::Pod& pod);
  bool ours(const api::core_v1::Pod& pod) const;
  void wake();
  void cycle();
  void decide(const QueuedPod& pod);
  void bind(const QueuedPod& pod, const Choice& choice);
  void bind_volumes(uint64_t token, VolumePlan plan);
  void volume_answered(const ports::Task& task);
  void check_volumes();
  // Whether all is bound, or what went wrong.
  Result<bool> volumes_bound(const Binding& binding) const;
  void bind_pod(uint64_t token);
  void volumes_failed(uint64_t token, const Str& message);
  void give_up(uint64_t token);
  void unreserve(uint64_t token, const Key& key);
  Preemption preempt(const QueuedPod& pod, const Choice& choice, Str& message);
  void evict(const QueuedPod& pod, const Preemption& preemption);
  void tell_refused(const QueuedPod& pod, const Choice& choice, const Preemption& preemption, const Str& message);
  void bound(const ports::Task& task);
  void remember(Decision decision, const Choice& choice, const Preemption& preemption);
  void trace(const Decision& decision);
  std::vector<NodeReport> explain_now(const PodPtr& pod) const;

  ports::TaskQueue* queue_;
  const ports::Clock* clock_;
  ports::TraceSink* trace_;
  SchedulerOptions options_;
  ports::TargetId id_;
  client::Client client_;
  client::Informer pods_, nodes_, namespaces_, budgets_, claims_, volumes_, classes_;
  client::Informer services_, replication_controllers_, replica_sets_, stateful_sets_;
  // Started in this order; pods come last, so that what they need is known by then.
  std::vector<client::Informer*> informers_;
  client::EventRecorder events_;
  State state_;
  Chooser chooser_{state_.cluster};
  VictimMemo victims_;  // no state: what is missing is sought again
};

}  // namespace orrery::scheduler
