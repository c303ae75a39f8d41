// The node agent: watches the pods bound to its node, runs a PodWorker for each, reports their status, keeps the node's
// object and lease. One instance a node, real or simulated. A crash drops all of its memory; a start finds the pods
// again from the API and the runtime's labels.
#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "core/base/hash.h"
#include "core/client/event_recorder.h"
#include "core/client/informer.h"
#include "core/kubelet/config_cache.h"
#include "core/kubelet/eviction_manager.h"
#include "core/kubelet/node_registrar.h"
#include "core/kubelet/node_server.h"
#include "core/kubelet/pod_worker.h"
#include "core/kubelet/service_tokens.h"

namespace orrery::kubelet {

struct KubeletPorts {
  ports::TaskQueue& queue;
  ports::ApiHandler& api;
  ports::Clock& clock;
  ports::ContainerRuntime& runtime;
  ports::ImageService& images;
  ports::NodeVolumes& volumes;
  ports::Prober& prober;
  ports::TraceSink* trace = nullptr;
  ports::Dialer* dialer = nullptr;
};

struct KubeletOptions {
  NodeDescription node;
  SandboxInputs dns;
  std::vector<Threshold> eviction_hard = default_thresholds();
  ImageGcOptions image_gc;
};

constexpr Duration kPatchRetryMin = millis(200);
constexpr Duration kConflictRetryMin = millis(10);  // somebody wrote the pod: the watch is about to tell
constexpr Duration kPatchRetryMax = seconds(10);
constexpr Duration kRuntimeRetry = seconds(5);
constexpr Duration kRelist = minutes(1);  // pods that events forgot are found by then

class Kubelet final : public ports::Target,
                      public client::InformerHandler,
                      private WorkerHost,
                      private PodLookup,
                      private EvictionManager::Host,
                      private ImageCollector::User,
                      private ServiceTokens::User {
 public:
  Kubelet(KubeletPorts ports, KubeletOptions options);
  ~Kubelet() override;

  void start();
  // Drops all memory; containers go on running. start() brings it back.
  void crash();
  bool running() const { return running_; }
  // Becomes what `other`, made with the same options, is in another world.
  void copy_from(const Kubelet& other);
  NodeServer& server() { return server_; }
  const NodeDescription& node() const { return registrar_.node(); }
  const std::map<uint64_t, PodState>& pod_states() const { return pods_; }

  void on_task(const ports::Task& task) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  void on_synced(const client::Informer& informer) override;

 private:
  enum TaskKind : uint32_t {
    kWorkerReply = 1,
    kWake,
    kProbe,
    kSync,
    kRuntimeEvent,
    kInfo,
    kRelisted,
    kRelistTick,
    kImages,
    kPatched,
    kDeleteSent,
    kForget,
    kPatchRetry,
    kStartRuntime
  };

  // WorkerHost
  void event(const PodState& pod, const Str& field, bool warning, const char* reason, std::string message) override;
  void wake(PodState& pod, Instant at) override;
  void wake_probes(PodState& pod, Instant at) override;
  void status_changed(PodState& pod) override;
  bool may_resize(PodState& pod) override;
  const Map<Quantity>& allocatable() const override { return registrar_.node().allocatable; }
  // ServiceTokens::User
  void token_changed(const Str& pod_uid) override { config_changed(pod_uid); }
  // PodLookup
  const PodState* find_pod(const Str& ns, const Str& name) const override;
  std::vector<const PodState*> pods() const override;

  // EvictionManager::Host
  std::vector<const PodState*> evictable() const override;
  void evict(const Str& uid, const std::string& message, bool disruption) override;
  bool cleaned_up(const Str& uid) const override;
  // ImageCollector::User
  std::set<Str> images_in_use() const override;

  void connect_runtime();
  void on_info(const ports::Task& task);
  void on_relisted(const ports::Task& task);
  void on_runtime_event(const ports::RuntimeEvent& event);
  PodState& add_pod(PodPtr pod);
  void update_pod(PodPtr pod);
  void renew(PodState& pod, PodPtr newest);
  void hold(PodState& pod);  // what follows from its spec
  void remove_pod(const Str& uid);
  void take(PodState& pod);
  void admit(PodState& pod);
  std::string lack_of(const PodState& pod, const char* resource) const;
  void refuse(PodState& pod, Str reason, std::string message);
  void mark_dirty(const PodState& pod);
  void mark_dirty(const Str& uid);
  // What the pod's volumes or environment are made of may have changed.
  void config_changed(const Str& uid);
  PodState* by_id(uint64_t id);
  PodState* by_uid(const Str& uid);
  void write_status(PodState& pod);
  void on_patched(const ports::Task& task);
  void delete_in_api(PodState& pod);
  void on_delete_sent(const ports::Task& task);
  void forget(uint64_t id);
  // Tokens of calls about a pod: this life's epoch above, the pod's number below.
  uint64_t token_of(uint64_t id) const { return epoch_ << kEpochShift | id; }
  PodState* by_token(uint64_t token, uint64_t* id = nullptr);
  static constexpr uint64_t kEpochShift = 40;
  bool ready_to_sync() const { return runtime_listed_ && pods_informer_.synced(); }

  ports::TaskQueue& queue_;
  ports::Clock& clock_;
  ports::ContainerRuntime& runtime_;
  ports::ImageService& image_service_;
  ports::TraceSink* trace_;
  ports::TargetId id_;
  client::Client client_;
  client::EventRecorder events_;
  client::Informer pods_informer_, services_;
  ServiceTokens tokens_;
  ConfigCache config_;
  NodeRegistrar registrar_;
  NodeServer server_;
  PodWorker worker_;
  ImageCollector images_;
  EvictionManager eviction_;
  bool running_ = false, runtime_listed_ = false;
  uint64_t epoch_ = 0;  // of this life: late answers to an earlier one are dropped
  uint64_t next_id_ = 1;
  std::map<uint64_t, PodState> pods_;
  std::unordered_map<Str, uint64_t, StrHash, std::equal_to<>> id_of_;  // by uid; never walked
  std::set<uint64_t> dirty_;
};

}  // namespace orrery::kubelet
