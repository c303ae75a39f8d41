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
  bool running() const { return running_; }
  void on_task(const ports::Task& task) override;

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
  ports::TaskQueue* queue_;
  uint64_t epoch_ = 1;

 private:
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  void on_synced(const client::Informer&) override { sync_again({}); }
  void sync();

  ports::TargetId id_;
  client::Client client_;
  client::Informer services_, slices_;
  Duration gather_;
  bool running_ = false;
  bool posted_ = false;
  std::set<client::Key> dirty_;
};

class KubeProxy final : public ServiceWatcher {
 public:
  // `trace` may be null. Rules are applied at most once in `gather`; a failed application is tried again after a second.
  KubeProxy(ports::TaskQueue& queue, ports::ApiHandler& api, ports::PacketRules& rules, ports::TraceSink* trace,
            Str node, Duration gather = millis(10));
  const ports::ServiceTable& table() const { return table_; }

 private:
  void update(const client::Key& key, const ServicePtr& service, const std::vector<SlicePtr>& slices) override;
  void publish(uint64_t revision, const std::set<client::Key>& changed) override;
  void applied(const ports::Task& task) override;
  void forget() override;
  void apply();

  ports::PacketRules* rules_;
  ports::TraceSink* trace_;
  Str node_;
  std::map<client::Key, std::vector<ports::ServiceRule>> by_service_;
  ports::ServiceTable table_;
  bool applying_ = false, again_ = false;
};

class ClusterDns final : public ServiceWatcher {
 public:
  ClusterDns(ports::TaskQueue& queue, ports::ApiHandler& api, ports::DnsServer& server, ports::TraceSink* trace,
             Str domain = "cluster.local", Duration gather = millis(10));
  const ports::DnsTable& table() const { return table_; }

 private:
  void update(const client::Key& key, const ServicePtr& service, const std::vector<SlicePtr>& slices) override;
  void publish(uint64_t revision, const std::set<client::Key>& changed) override;
  void forget() override;

  ports::DnsServer* server_;
  ports::TraceSink* trace_;
  Str domain_;
  std::map<client::Key, std::vector<ports::DnsRecord>> by_service_;
  ports::DnsTable table_;
};

}  // namespace orrery::network
