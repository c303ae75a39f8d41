// Node-pressure eviction: looks at what the machine has left every ten seconds, sets the node's pressure conditions and
// evicts pods, one at a time, until there is enough again. Also evicts pods that outgrow the limits of their own local
// storage. The rules are in eviction.h; the order of things is eviction_manager.go's synchronize().
//
// A look costs one question of the machine. Only when a threshold is met, or a pod has storage limits, containers and
// volumes are read too.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "core/kubelet/eviction.h"
#include "core/kubelet/image_collector.h"
#include "core/kubelet/node_registrar.h"
#include "core/kubelet/pod_state.h"

namespace orrery::kubelet {

constexpr Duration kEvictionPeriod = seconds(10);
constexpr Duration kPressureTransition = minutes(5);  // a condition stays so long after it was last seen
constexpr Duration kCleanupPoll = seconds(1);
constexpr Duration kCleanupMax = seconds(30);  // for an evicted pod to go, before the next look

class EvictionManager final : public ports::Target {
 public:
  // The kubelet's pods, as eviction sees them.
  class Host {
   public:
    virtual ~Host() = default;
    // Admitted pods that have not ended and are not on their way out, in a fixed order.
    virtual std::vector<const PodState*> evictable() const = 0;
    // Ends the pod: Failed, reason Evicted. `disruption`: with the condition DisruptionTarget.
    virtual void evict(const Str& uid, const std::string& message, bool disruption) = 0;
    // Nothing of the pod runs any more and its volumes are gone.
    virtual bool cleaned_up(const Str& uid) const = 0;
  };
  struct Ports {
    ports::TaskQueue& queue;
    ports::ContainerRuntime& runtime;
    ports::NodeVolumes& volumes;
  };
  EvictionManager(Ports ports, client::EventRecorder& events, NodeRegistrar& registrar, ImageCollector& images,
                  Host& host, std::vector<Threshold> thresholds);
  ~EvictionManager() override;
  EvictionManager(const EvictionManager&) = delete;
  EvictionManager& operator=(const EvictionManager&) = delete;

  void start();
  void stop();
  const std::array<bool, kPressures>& under() const { return state_.under; }

  void on_task(const ports::Task& task) override;

  struct State {
    bool running = false;
    uint64_t round = 0;  // answers to an earlier one are dropped
    std::array<bool, kPressures> under{};
    std::array<bool, kPressures> ever{};
    std::array<Instant, kPressures> observed{};  // when a condition's threshold was last met
    std::vector<Shortage> short_of;
    std::map<Str, PodUse> uses;     // by pod uid
    std::map<uint64_t, Str> asked;  // pods whose volumes are being read, by number
    bool stats_asked = false;
    std::set<Str> victims;  // being cleaned up
    Instant cleanup_ends;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  enum TaskKind : uint32_t { kTick = 1, kReading, kStats, kVolumes, kReclaimed, kReadAgain, kCleanup };
  // A token holds the round above and a number below.
  static constexpr uint64_t kRoundShift = 20;
  ports::ReplyTo reply(uint32_t kind, uint64_t number = 0) const {
    return {id_, kind, state_.round << kRoundShift | number};
  }
  void look();
  void look_again(Duration wait);
  void on_reading(const ports::Task& task);
  void set_conditions();
  void read_pods();
  void on_stats(const ports::Task& task);
  void decide();
  std::vector<Candidate> candidates() const;
  bool evict_for_storage(const std::vector<Candidate>& pods);
  void reclaim();
  void evict_one();
  void wait_for_cleanup();

  Ports ports_;
  client::EventRecorder& events_;
  NodeRegistrar& registrar_;
  ImageCollector& images_;
  Host& host_;
  std::vector<Threshold> thresholds_;
  ports::TargetId id_;
  State state_;
};

}  // namespace orrery::kubelet
