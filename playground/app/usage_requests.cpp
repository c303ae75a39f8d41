#include "playground/app/usage_requests.h"

#include <algorithm>

#include "core/api/gen/metrics_v1beta1.h"
#include "core/base/text.h"

namespace orrery::app {
namespace {

namespace metrics = api::metrics_v1beta1;
using viewmodel::ObjectRef;
using viewmodel::UsageAnswer;
using viewmodel::UsagePoint;
using viewmodel::UsageReply;

constexpr const char* kMetricsApi = "/apis/metrics.k8s.io/v1beta1";

// Containers together, rounded once (kubectl pkg/metricsutil).
struct Sum {
  Quantity cpu, memory;
  void add(const Map<Quantity>& usage) {
    if (const Quantity* one = usage.find("cpu")) cpu += *one;
    if (const Quantity* one = usage.find("memory")) memory += *one;
  }
  UsagePoint at(WallTime time) const { return {time.ns, cpu.milli_value(), memory.value()}; }
};

void add_points(const metrics::PodMetrics& pod, UsageReply& out) {
  Sum sum;
  for (const metrics::ContainerMetrics& container : pod.containers) sum.add(container.usage);
  out.points.push_back({{"Pod", pod.metadata.namespace_.str(), pod.metadata.name.str()}, sum.at(pod.timestamp)});
}

void add_points(const metrics::NodeMetrics& node, UsageReply& out) {
  Sum sum;
  sum.add(node.usage);
  out.points.push_back({{"Node", "", node.metadata.name.str()}, sum.at(node.timestamp)});
}

void add_points(const api::ObjectPtr& object, UsageReply& out) {
  if (const auto* pods = object.as<metrics::PodMetricsList>())
    for (const metrics::PodMetrics& pod : pods->items) add_points(pod, out);
  else if (const auto* nodes = object.as<metrics::NodeMetricsList>())
    for (const metrics::NodeMetrics& node : nodes->items) add_points(node, out);
  else if (const auto* pod = object.as<metrics::PodMetrics>())
    add_points(*pod, out);
  else if (const auto* node = object.as<metrics::NodeMetrics>())
    add_points(*node, out);
}

}  // namespace

void UsageRequests::request(const ObjectRef& ref) {
  for (const auto& [call, about] : open_) client_.cancel(call);
  open_.clear();
  const auto ask = [&](const ObjectRef& whom, const std::string& path) { open_[client_.read(cat(kMetricsApi, path), {}, {id_, 1, 0})] = whom; };
  if (ref.kind.empty()) {
    ask({"Node", "", ""}, "/nodes");
    ask({"Pod", "", ""}, "/pods");
  }
  if (ref.kind == "Node") ask(ref, cat("/nodes/", ref.name));
  if (ref.kind == "Pod") ask(ref, cat("/namespaces/", ref.ns, "/pods/", ref.name));
}

void UsageRequests::on_task(const ports::Task& task) {
  const auto& reply = task.as<ports::ApiReply>();
  const auto found = open_.find(reply.call);
  if (found == open_.end()) return;
  UsageReply out{found->second, UsageAnswer::Measured, "", {}};
  open_.erase(found);
  if (!reply.error) {
    add_points(reply.object, out);
  } else if (reply.error->reason != Reason::NotFound) {
    out.answer = UsageAnswer::Refused;
    out.error = reply.error->message.str();
  } else if (out.asked.name.empty() ||
             reply.error->name != out.asked.name) {  // else the API is there, and has no figures of it
    out.answer = UsageAnswer::NoApi;
  }
  done_.push_back(std::move(out));
}

}  // namespace orrery::app
