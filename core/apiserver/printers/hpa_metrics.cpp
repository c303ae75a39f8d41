#include "core/apiserver/printers/hpa_metrics.h"

#include <vector>

#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::autoscaling_v2;

std::string text(const std::optional<Quantity>& q, std::string_view otherwise = "<unknown>") {
  return q ? q->str() : std::string(otherwise);
}
std::string percent(const std::optional<int32_t>& n, std::string_view otherwise) {
  return n ? cat(*n, '%') : std::string(otherwise);
}

// Metrics of the cluster's outside or of another object: by value, or by average over the pods.
template <class Spec, class Status>
std::string by_value(const Spec& spec, const Box<Status>* status) {
  bool known = status && *status;
  if (spec.target.averageValue)
    return cat(known ? text((*status)->current.averageValue) : "<unknown>", '/', text(spec.target.averageValue),
               " (avg)");
  return cat(known ? text((*status)->current.value) : "<unknown>", '/', text(spec.target.value));
}

template <class Spec, class Status>
std::string by_resource(const Spec& spec, const Box<Status>* status) {
  bool known = status && *status;
  if (spec.target.averageValue)
    return cat(spec.name, ": ", known ? text((*status)->current.averageValue) : "<unknown>", '/',
               text(spec.target.averageValue));
  return cat(spec.name, ": ", known ? percent((*status)->current.averageUtilization, "<unknown>") : "<unknown>", '/',
             percent(spec.target.averageUtilization, "<auto>"));
}

}  // namespace

std::string hpa_metrics_text(const HorizontalPodAutoscaler& o) {
  if (o.spec.metrics.empty()) return "<none>";
  std::vector<std::string> list;
  for (uint32_t i = 0; i < o.spec.metrics.size(); ++i) {
    const MetricSpec& m = o.spec.metrics[i];
    const MetricStatus* s = i < o.status.currentMetrics.size() ? &o.status.currentMetrics[i] : nullptr;
    if (m.type == "External" && m.external)
      list.push_back(by_value(*m.external, s ? &s->external : nullptr));
    else if (m.type == "Object" && m.object)
      list.push_back(by_value(*m.object, s ? &s->object : nullptr));
    else if (m.type == "Pods" && m.pods)
      list.push_back(cat(s && s->pods ? text(s->pods->current.averageValue) : "<unknown>", '/',
                         text(m.pods->target.averageValue)));
    else if (m.type == "Resource" && m.resource)
      list.push_back(by_resource(*m.resource, s ? &s->resource : nullptr));
    else if (m.type == "ContainerResource" && m.containerResource)
      list.push_back(by_resource(*m.containerResource, s ? &s->containerResource : nullptr));
    else
      list.push_back("<unknown type>");
  }
  size_t count = list.size();
  if (count > 2) list.resize(2);
  std::string out = join(list, ", ");
  return count > 2 ? cat(out, " + ", count - 2, " more...") : out;
}

}  // namespace orrery::apiserver
