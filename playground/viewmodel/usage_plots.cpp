#include "playground/viewmodel/usage_plots.h"

#include <algorithm>

#include "playground/viewmodel/pod_words.h"

namespace orrery::viewmodel {
namespace {

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kFarLimit = 4;  // times what is used and requested: a limit beyond would flatten everything else

using TextOf = std::string (*)(std::int64_t);

// What a plot is measured against.
struct Bounds {
  std::int64_t request = 0, limit = 0;  // 0: none
  bool node = false;                    // then `limit` is what it can give
};

Bounds bounds_of(const Model& model, bool cpu) {
  Bounds b;
  b.node = model.selected.kind == "Node";
  if (const Pod* pod = selected_pod(model))
    return {cpu ? pod->cpu_request_milli : pod->memory_request, cpu ? pod->cpu_limit_milli : pod->memory_limit, false};
  const Node* node = b.node ? find_node(model.cluster, model.selected.name) : nullptr;
  if (!node) return b;
  b.limit = cpu ? node->cpu_milli : node->memory_bytes;
  for (const Pod& pod : model.cluster.pods)
    if (pod.node == node->name && pod.phase != PodPhase::Succeeded && pod.phase != PodPhase::Failed)
      b.request += cpu ? pod.cpu_request_milli : pod.memory_request;
  return b;
}

std::string measured_against(const Model& model, const Bounds& b, TextOf text) {
  if (b.node) return b.limit == 0 ? "" : model.say(Word::usage_of_node, {text(b.request), text(b.limit)});
  if (b.request > 0 && b.limit > 0) return model.say(Word::usage_of_both, {text(b.request), text(b.limit)});
  if (b.request > 0) return model.say(Word::usage_of_request, {text(b.request)});
  if (b.limit > 0) return model.say(Word::usage_of_limit, {text(b.limit)});
  return model.say(Word::usage_of_none);
}

UsagePlot plot(const Model& model, const std::vector<UsagePoint>& points, bool cpu) {
  const TextOf text = cpu ? cpu_text : memory_text;
  const Bounds b = bounds_of(model, cpu);
  UsagePlot out;
  out.title = cpu ? Word::usage_cpu : Word::usage_memory;
  out.to = points.back().at;
  out.from = out.to - kUsageSpan;
  std::int64_t low = 0, high = 0;
  for (const UsagePoint& point : points) {
    const std::int64_t value = cpu ? point.cpu_milli : point.memory;
    low = out.points.empty() ? value : std::min(low, value);
    high = std::max(high, value);
    out.points.push_back({point.at, value});
  }
  const std::int64_t unit = cpu ? 1 : kMiB;
  out.top = std::max({high, b.request, unit});
  const bool near = b.limit > 0 && b.limit <= kFarLimit * out.top;
  if (near) out.top = std::max(out.top, b.limit);
  out.top += std::max(unit, out.top / 8);  // room for a label over the highest line
  out.top_label = text(out.top);
  if (b.request > 0 && b.request != b.limit)
    out.lines.push_back({model.say(Word::usage_request, {text(b.request)}), b.request, false});
  if (near)
    out.lines.push_back({model.say(b.node                 ? Word::usage_room
                                   : b.request == b.limit ? Word::usage_request_limit
                                                          : Word::usage_limit,
                                   {text(b.limit)}),
                         b.limit, true});
  const std::string now = text(out.points.back().second), over = age_text(points.back().at - points.front().at);
  if (points.size() == 1) out.sentence = model.say(Word::usage_now, {now});
  else if (text(low) == text(high)) out.sentence = model.say(Word::usage_flat, {now, over});
  else out.sentence = model.say(Word::usage_span, {now, text(low), text(high), over});
  const std::string against = measured_against(model, b, text);
  if (!against.empty()) out.sentence += " " + against;
  return out;
}

// Why the selected object isn't among what was measured.
std::string why_missing(const Model& model) {
  const Pod* pod = selected_pod(model);
  const Node* node = find_node(model.cluster, pod                             ? pod->node
                                              : model.selected.kind == "Node" ? model.selected.name
                                                                              : "");
  if (pod && (pod->phase == PodPhase::Succeeded || pod->phase == PodPhase::Failed)) return model.say(Word::usage_ended);
  if (node && !node->ready) return model.say(Word::usage_silent);
  if (pod && pod->phase == PodPhase::Pending) return model.say(Word::usage_pending);
  return model.say(Word::usage_waits);
}

}  // namespace

// Source: kubectl pkg/metricsutil/metrics_printer.go, printSingleResourceUsage.
std::string cpu_text(std::int64_t milli) { return std::to_string(milli) + "m"; }
std::string memory_text(std::int64_t bytes) { return std::to_string(bytes / kMiB) + "Mi"; }

UsagePlots usage_plots(const Model& model) {
  UsagePlots out;
  out.command = model.selected.kind == "Node" ? "kubectl top node " + model.selected.name
                                              : "kubectl top pod " + model.selected.name + " -n " + model.selected.ns;
  const UsageAnswer answer = model.usage.answer(model.selected);
  const Pod* pod = selected_pod(model);
  const Nanos since = pod ? pod->created : 0;  // a StatefulSet's pod has the name of the one before it
  std::vector<UsagePoint> points;
  if (const auto* all = model.usage.of(model.selected))
    for (const UsagePoint& point : *all)
      if (point.at >= since && point.at >= all->back().at - kUsageSpan) points.push_back(point);
  const Nanos newest = points.empty() ? 0 : points.back().at;
  if (answer == UsageAnswer::NoApi)
    out.why_none = model.say(Word::usage_no_api);
  else if (answer == UsageAnswer::Refused)
    out.why_none = model.say(Word::usage_refused, {model.usage.error(model.selected)});
  else if (answer == UsageAnswer::None && points.empty())
    out.why_none = model.say(Word::object_loading);
  else if (points.empty() || model.cluster.clock.now - newest > kUsageGap)
    out.why_none = why_missing(model);
  if (points.empty()) return out;
  for (const bool cpu : {true, false}) out.plots.push_back(plot(model, points, cpu));
  return out;
}

}  // namespace orrery::viewmodel
