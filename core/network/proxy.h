// The network components: each watches Services and EndpointSlices and keeps a table up to date through a port.
//   KubeProxy   one a node: service rules through ports::PacketRules
//   ClusterDns  one a cluster: names through ports::DnsServer
// Changes are collected for a moment, and only services that changed are computed anew.
#pragma once

#include <map>
#include <set>

#include "core/client/event_recorder.h"
#include "core/client/informer.h"
#include "core/network/dns_table.h"
#include "core/ports/trace.h"

namespace orrery::network {

// What both have in common.
class ServiceWatcher : public ports::Target, private client::InformerHandler {
 public:
  ~ServiceWatcher() override;
  ServiceWatcher(const ServiceWatcher&) = delete;
  ServiceWatcher& operator=(const ServiceWatcher&) = delete;
  void start();
  void stop();
  void crash() { stop(); }
  bool running() const { return state_.running; }
  void on_task(const ports::Task& task) override;

  // What a copy of a world copies, besides the table.
  struct WatchState {
    bool running = false;
    bool posted = false;
    uint64_t epoch = 1;            // of this run: tasks of a former one are late
    std::set<client::Key> dirty;
    client::Informer::State services, slices;
  };
  WatchState watch_state() const;
  void restore(WatchState state);

 protected:
  enum TaskKind : uint32_t { kSync = 1, kApplied };
  ServiceWatcher(ports::TaskQueue& queue, ports::ApiHandler& api, Str user, Str source, Duration gather);
  ports::ReplyTo to_me(uint64_t token) const { return {id_, kApplied, token}; }
  void sync_again(Duration wait);
  // Puts the changed services into the table; service null: it is gone. The keys are those changed since the last call.
  virtual void update(const client::Key& key, const ServicePtr& service, const std::vector<SlicePtr>& slices) = 0;
  virtual void publish(uint64_t revision, const std::set<client::Key>& changed) = 0;
  virtual void applied(const ports::Task&) {}
  virtual void forget() = 0;
  uint64_t epoch() const { return state_.epoch; }
  ports::TaskQueue* queue_;

 private:
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  void on_synced(const client::Informer&) override { sync_again({}); }
  void sync();

  ports::TargetId id_;
  client::Client client_;
  client::Informer services_, slices_;
  Duration gather_;
  WatchState state_;  // its informers' states are their own
};

class KubeProxy final : public ServiceWatcher {
 public:
  // `trace` may be null. Rules are applied at most once in `gather`; a failed application is tried again after a second.
  KubeProxy(ports::TaskQueue& queue, ports::ApiHandler& api, ports::PacketRules& rules, ports::TraceSink* trace,
            Str node, Duration gather = millis(10));
  const ports::ServiceTable& table() const { return state_.table; }
  struct State {
    std::map<client::Key, std::vector<ports::ServiceRule>> by_service;
    ports::ServiceTable table;
    bool applying = false, again = false;
  };
  struct Snapshot {
    WatchState watch;
    State own;
  };
  Snapshot snapshot() const { return {watch_state(), state_}; }
  void restore(Snapshot snapshot);

 private:
  void update(const client::Key& key, const ServicePtr& service, const std::vector<SlicePtr>& slices) override;
  void publish(uint64_t revision, const std::set<client::Key>& changed) override;
  void applied(const ports::Task& task) override;
  void forget() override;
  void apply();

  ports::PacketRules* rules_;
  ports::TraceSink* trace_;
  Str node_;
  State state_;
};

class ClusterDns final : public ServiceWatcher {
 public:
  ClusterDns(ports::TaskQueue& queue, ports::ApiHandler& api, ports::DnsServer& server, ports::TraceSink* trace,
             Str domain = "cluster.local", Duration gather = millis(10));
  const ports::DnsTable& table() const { return state_.table; }
  struct State {
    std::map<client::Key, std::vector<ports::DnsRecord>> by_service;
    ports::DnsTable table;
  };
  struct Snapshot {
    WatchState watch;
    State own;
  };
  Snapshot snapshot() const { return {watch_state(), state_}; }
  void restore(Snapshot snapshot);

 private:
  void update(const client::Key& key, const ServicePtr& service, const std::vector<SlicePtr>& slices) override;
  void publish(uint64_t revision, const std::set<client::Key>& changed) override;
  void forget() override;

  ports::DnsServer* server_;
  ports::TraceSink* trace_;
  Str domain_;
  State state_;
};

}  // namespace orrery::network
