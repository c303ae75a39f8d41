// The node's own object and its lease: registers the node, reports its conditions, renews the lease.
// A start registers once: a node that is deleted afterwards stays away until the next start.
// Rules: pkg/kubelet/kubelet_node_status.go, nodestatus/setters.go, client-go lease controller of component-helpers.
#pragma once

#include <optional>
#include <vector>

#include "core/api/gen/coordination_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/base/rng.h"
#include "core/client/client.h"
#include "core/client/event_recorder.h"
#include "core/ports/clock.h"
#include "core/ports/image_service.h"
#include "core/ports/trace.h"

namespace orrery::kubelet {

struct NodeDescription {
  Str name;
  Str ip;
  Map<Str> labels;
  List<api::core_v1::Taint> taints;
  Map<Quantity> capacity, allocatable;
  api::core_v1::NodeSystemInfo info;
};

constexpr Duration kLeaseDuration = seconds(40);
constexpr Duration kLeaseRenew = seconds(10);
constexpr Duration kStatusCheck = seconds(10);    // looks for changes
constexpr Duration kStatusReport = minutes(5);    // reports even without one
constexpr Duration kRegisterRetry = seconds(1);
constexpr size_t kStatusImagesMax = 50;  // the largest are told (nodeStatusMaxImages)
constexpr uint32_t kImageNamesMax = 5;   // of each (MaxNamesPerImageInNodeStatus)

class NodeRegistrar final : public ports::Target {
 public:
  NodeRegistrar(client::Client& client, ports::TaskQueue& queue, ports::Clock& clock, client::EventRecorder& events,
                ports::TraceSink* trace, NodeDescription node);
  ~NodeRegistrar() override;

  void start();
  void stop();
  void set_runtime(bool ready, Str message, Str version);
  // Pressure conditions ("MemoryPressure", "DiskPressure", "PIDPressure").
  void set_pressure(std::string_view condition, bool on);
  // The images that the node has; told with the next status.
  void set_images(std::vector<ports::ImageInfo> images);
  const NodeDescription& node() const { return state_.node; }
  NodeDescription& mutable_node() { return state_.node; }
  bool registered() const { return state_.registered; }

  void on_task(const ports::Task& task) override;

  struct State {
    NodeDescription node;
    bool running = false, registered = false;
    bool runtime_ready = false;
    Str runtime_message;
    std::map<Str, bool> pressure;
    std::optional<List<api::core_v1::ContainerImage>> images;  // nothing: not known yet, what was told stays
    api::core_v1::NodeStatus sent;
    bool sent_valid = false;
    Instant sent_at;
    bool ready_event_sent = false;
    api::ObjectPtr lease;
    uint64_t status_timer = 0;  // one status chain at a time
    uint64_t epoch = 0;   // answers of an earlier start are dropped
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  enum TaskKind : uint32_t { kRegistered = 1, kGotNode, kStatusTick, kStatusSent, kLeaseTick, kLeaseSent, kRegisterTick, kLeaseOwner };
  void register_node();
  void on_registered(const ports::ApiReply& reply);
  void send_status();
  void schedule_status(Duration wait, uint32_t kind);
  void send_lease();
  void make_lease(const ports::ApiReply& node);
  void on_lease(const ports::ApiReply& reply);
  api::core_v1::NodeStatus make_status(const api::core_v1::NodeStatus& before) const;
  ports::ReplyTo reply(uint32_t kind) const { return {id_, kind, state_.epoch}; }

  client::Client& client_;
  ports::TaskQueue& queue_;
  ports::Clock& clock_;
  client::EventRecorder& events_;
  ports::TraceSink* trace_;
  ports::TargetId id_;
  State state_;
};

}  // namespace orrery::kubelet
