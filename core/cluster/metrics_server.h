// Reads every kubelet's summary at an interval and keeps the latest usage, as metrics-server does
// (sigs.k8s.io/metrics-server pkg/scraper, pkg/storage). In a world with things outside the cluster to measure it is the
// adapter for custom and external metrics, too, from the same readings.
#pragma once

#include <map>
#include <memory>

#include "core/client/informer.h"
#include "core/ports/metrics_source.h"
#include "core/ports/node_link.h"

namespace orrery::cluster {

constexpr Duration kScrapePeriod = seconds(15);

class MetricsServer final : public ports::Target, public ports::MetricsSource, private client::InformerHandler {
 public:
  // `outside` may be null: then there is no adapter.
  MetricsServer(ports::TaskQueue& queue, ports::NodeLink& nodes, const ports::ExternalMetrics* outside)
      : queue_(queue), nodes_(nodes), outside_(outside), id_(queue.attach(*this)) {}
  ~MetricsServer() override;

  void start(ports::ApiHandler& api);
  // All memory is dropped.
  void crash();
  // Becomes what `other` is in another world.
  void copy_from(const MetricsServer& other, ports::ApiHandler& api);

  bool answers() const override { return informer_ != nullptr; }
  std::vector<ports::NodeUsage> node_usage() const override;
  std::vector<ports::PodUsage> pod_usage() const override;
  bool has_adapter() const override { return outside_ != nullptr; }
  std::vector<ports::ExternalValue> external_values() const override;
  void on_task(const ports::Task& task) override;

 private:
  enum TaskKind : uint32_t { kScrape = 1, kSummary };
  void on_change(const client::Informer&, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  // The counters' last reading and their rates since the one before.
  struct Reading {
    WallTime at;
    Duration window;  // 0: read once only
    int64_t cpu_nanoseconds = 0;
    ports::Usage usage;
    std::optional<int64_t> requests, requests_milli;  // answered; answered a second, in thousandths
    void take(WallTime now, int64_t cpu_total, int64_t memory, std::optional<int64_t> requests_total = {});
  };
  struct PodReading {
    Str uid;
    std::map<Str, Reading> containers;
  };
  struct NodeReading {
    uint64_t number = 0;  // of replies about it
    void forget() { own = {}, pods.clear(); }
    Reading own;
    std::map<std::pair<Str, Str>, PodReading> pods;
  };
  void connect(ports::ApiHandler& api);
  void take(NodeReading& node, const ports::NodeStatsValues& stats);

  ports::TaskQueue& queue_;
  ports::NodeLink& nodes_;
  const ports::ExternalMetrics* outside_;
  ports::TargetId id_;
  std::unique_ptr<client::Client> client_;
  std::unique_ptr<client::Informer> informer_;
  std::map<Str, NodeReading> readings_;
  uint64_t next_number_ = 1, life_ = 0;
};

}  // namespace orrery::cluster
