#include "core/cluster/metrics_server.h"

#include "core/api/gen/core_v1.h"

namespace orrery::cluster {

MetricsServer::~MetricsServer() {
  crash();
  queue_.detach(id_);
}

void MetricsServer::start(ports::ApiHandler& api) {
  if (informer_) return;
  connect(api);
  informer_->start();
  queue_.post_after(kScrapePeriod, id_, kScrape, ++life_);
}

void MetricsServer::connect(ports::ApiHandler& api) {
  ports::Identity me;
  me.user = "system:serviceaccount:kube-system:metrics-server";
  me.groups = {"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"};
  client_ = std::make_unique<client::Client>(api, queue_, me, "metrics-server");
  informer_ = std::make_unique<client::Informer>(*client_, queue_, api::kind<api::core_v1::Node>());
  informer_->add_handler(*this);
}

void MetricsServer::copy_from(const MetricsServer& other, ports::ApiHandler& api) {
  readings_ = other.readings_;
  next_number_ = other.next_number_;
  life_ = other.life_;
  if (!other.informer_) return;
  queue_.attach_from(other.informer_->target());
  connect(api);
  queue_.attach_from(0);
  informer_->restore(other.informer_->state());
}

void MetricsServer::crash() {
  ++life_;
  if (informer_) informer_->stop();
  informer_.reset();
  client_.reset();
  readings_.clear();
}

void MetricsServer::on_change(const client::Informer&, ports::WatchType, const api::ObjectPtr& before,
                              const api::ObjectPtr& after) {
  if (!after) return static_cast<void>(readings_.erase(before.meta().name));
  NodeReading& node = readings_[after.meta().name];
  if (node.number == 0) node.number = next_number_++;
}

void MetricsServer::on_task(const ports::Task& task) {
  if (task.kind == kScrape) {
    if (task.arg != life_ || !informer_) return;
    for (const auto& [name, node] : readings_) {
      ports::NodeRequest ask;
      ask.verb = ports::NodeRequest::Verb::Stats;
      ask.want_values = true;
      ask.source = "metrics-server";
      nodes_.call(name, std::move(ask), {id_, kSummary, node.number});
    }
    queue_.post_after(kScrapePeriod, id_, kScrape, life_);
    return;
  }
  const auto& part = task.as<ports::StreamPart>();
  for (auto& [name, node] : readings_) {
    if (node.number != task.arg) continue;
    if (part.error)
      node.forget();  // who is missing from a scrape is missing from the answers (pkg/storage/node.go, Store)
    else if (part.stats)
      take(node, *part.stats);
    return;
  }
}

void MetricsServer::Reading::take(WallTime now, int64_t cpu_total, int64_t memory, std::optional<int64_t> requests_total) {
  if (at.is_set() && now <= at) return;
  bool goes_on = at.is_set() && cpu_total >= cpu_nanoseconds;  // else the container was restarted
  window = goes_on ? now - at : Duration{};
  if (goes_on && window.ms() > 0) usage.cpu_nanocores = (cpu_total - cpu_nanoseconds) / window.ms() * 1000;
  usage.memory_bytes = memory;
  cpu_nanoseconds = cpu_total;
  requests_milli.reset();
  if (goes_on && window.ms() > 0 && requests && requests_total && *requests_total >= *requests)
    requests_milli = (*requests_total - *requests) * 1'000'000 / window.ms();
  requests = requests_total;
  at = now;
}

void MetricsServer::take(NodeReading& node, const ports::NodeStatsValues& stats) {
  int64_t cpu = 0, memory = 0;
  std::map<std::pair<Str, Str>, PodReading> before = std::move(node.pods);
  node.pods.clear();
  for (const ports::ContainerStats& s : stats.containers) {
    cpu += static_cast<int64_t>(s.cpu_nanoseconds);
    memory += static_cast<int64_t>(s.memory_working_set_bytes);
    auto [pod, fresh] = node.pods.try_emplace({s.pod.ns, s.pod.name});
    if (fresh) {
      pod->second.uid = s.pod.uid;
      auto old = before.find(pod->first);
      if (old != before.end() && old->second.uid == s.pod.uid) pod->second.containers = std::move(old->second.containers);
    }
    std::optional<int64_t> requests;
    if (s.http_requests) requests = static_cast<int64_t>(*s.http_requests);
    pod->second.containers[s.name].take(s.at, static_cast<int64_t>(s.cpu_nanoseconds),
                                        static_cast<int64_t>(s.memory_working_set_bytes), requests);
  }
  node.own.take(stats.at, cpu, memory);
}

std::vector<ports::NodeUsage> MetricsServer::node_usage() const {
  std::vector<ports::NodeUsage> out;
  for (const auto& [name, node] : readings_)
    if (node.own.window.ns > 0) out.push_back({name, node.own.at, node.own.window, node.own.usage});
  return out;
}

std::vector<ports::PodUsage> MetricsServer::pod_usage() const {
  std::map<std::pair<Str, Str>, ports::PodUsage> sorted;
  for (const auto& [node, reading] : readings_)
    for (const auto& [key, pod] : reading.pods) {
      ports::PodUsage usage{key.first, key.second, pod.uid, {}, {}, {}, {}};
      for (const auto& [name, r] : pod.containers) {
        if (r.window.ns == 0) continue;
        usage.at = r.at;
        usage.window = r.window;
        usage.containers.push_back({name, r.usage});
        if (r.requests_milli) usage.http_requests_milli = usage.http_requests_milli.value_or(0) + *r.requests_milli;
      }
      if (!usage.containers.empty()) sorted[key] = std::move(usage);
    }
  std::vector<ports::PodUsage> out;
  for (auto& [key, usage] : sorted) out.push_back(std::move(usage));
  return out;
}

std::vector<ports::ExternalValue> MetricsServer::external_values() const {
  return outside_ ? outside_->values() : std::vector<ports::ExternalValue>();
}

}  // namespace orrery::cluster
