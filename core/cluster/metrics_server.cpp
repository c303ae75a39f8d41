#include "core/cluster/metrics_server.h"

#include <nlohmann/json.hpp>

#include "core/api/gen/core_v1.h"

namespace orrery::cluster {

using nlohmann::json;

namespace {

WallTime time_of(const json& part) {
  WallTime at;
  auto text = part.find("time");
  if (text != part.end() && text->is_string()) parse_rfc3339(text->get<std::string>(), at);
  return at;
}

int64_t number_of(const json& part, const char* name) {
  auto n = part.find(name);
  return n != part.end() && n->is_number() ? n->get<int64_t>() : 0;
}

}  // namespace

MetricsServer::~MetricsServer() {
  crash();
  queue_.detach(id_);
}

void MetricsServer::start(ports::ApiHandler& api) {
  if (informer_) return;
  ports::Identity me;
  me.user = "system:serviceaccount:kube-system:metrics-server";
  me.groups = {"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"};
  client_ = std::make_unique<client::Client>(api, queue_, me, "metrics-server");
  informer_ = std::make_unique<client::Informer>(*client_, queue_, api::kind<api::core_v1::Node>());
  informer_->add_handler(*this);
  informer_->start();
  queue_.post_after(kScrapePeriod, id_, kScrape, ++life_);
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
      ask.source = "metrics-server";
      nodes_.call(name, std::move(ask), {id_, kSummary, node.number});
    }
    queue_.post_after(kScrapePeriod, id_, kScrape, life_);
    return;
  }
  const auto& part = task.as<ports::StreamPart>();
  for (auto& [name, node] : readings_) {
    if (node.number != task.arg) continue;
    if (!part.error) take(node, part.data);
    return;
  }
}

void MetricsServer::Reading::take(WallTime now, int64_t cpu_total, int64_t memory) {
  if (at.is_set() && now <= at) return;
  bool goes_on = at.is_set() && cpu_total >= cpu_nanoseconds;  // else the container was restarted
  window = goes_on ? now - at : Duration{};
  if (goes_on && window.ms() > 0) usage.cpu_nanocores = (cpu_total - cpu_nanoseconds) / window.ms() * 1000;
  usage.memory_bytes = memory;
  cpu_nanoseconds = cpu_total;
  at = now;
}

void MetricsServer::take(NodeReading& node, std::string_view summary) {
  json all = json::parse(summary, nullptr, false);
  if (!all.is_object() || !all["node"].is_object() || !all["pods"].is_array()) return;
  const json own = all["node"].value("cpu", json::object());
  node.own.take(time_of(own), number_of(own, "usageCoreNanoSeconds"),
                number_of(all["node"].value("memory", json::object()), "workingSetBytes"));
  std::map<std::pair<Str, Str>, PodReading> before = std::move(node.pods);
  node.pods.clear();
  for (const json& pod : all["pods"]) {
    const json ref = pod.value("podRef", json::object());
    std::pair<Str, Str> key{Str(ref.value("namespace", "")), Str(ref.value("name", ""))};
    PodReading& now = node.pods[key];
    now.uid = Str(ref.value("uid", ""));
    if (auto old = before.find(key); old != before.end() && old->second.uid == now.uid)
      now.containers = std::move(old->second.containers);
    for (const json& container : pod.value("containers", json::array())) {
      const json cpu = container.value("cpu", json::object());
      now.containers[Str(container.value("name", ""))].take(
          time_of(cpu), number_of(cpu, "usageCoreNanoSeconds"),
          number_of(container.value("memory", json::object()), "workingSetBytes"));
    }
  }
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
      ports::PodUsage usage{key.first, key.second, pod.uid, {}, {}, {}};
      for (const auto& [name, r] : pod.containers) {
        if (r.window.ns == 0) continue;
        usage.at = r.at;
        usage.window = r.window;
        usage.containers.push_back({name, r.usage});
      }
      if (!usage.containers.empty()) sorted[key] = std::move(usage);
    }
  std::vector<ports::PodUsage> out;
  for (auto& [key, usage] : sorted) out.push_back(std::move(usage));
  return out;
}

}  // namespace orrery::cluster
