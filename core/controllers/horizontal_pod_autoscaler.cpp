#include "core/controllers/horizontal_pod_autoscaler.h"

#include <algorithm>

#include "core/api/gen/apiextensions_v1.h"
#include "core/api/gen/autoscaling_v1.h"
#include "core/api/gen/metrics_v1beta1.h"
#include "core/base/text.h"
#include "core/controllers/adapter_metrics.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::apiextensions_v1::CustomResourceDefinition;
using api::autoscaling_v1::Scale;
using client::Answer;
using client::Attempt;
using client::Key;
using client::Note;
using client::Plan;
using client::Read;
using client::Write;
using namespace api::autoscaling_v2;

namespace {

constexpr Duration kWholeMinute = minutes(1);

struct Inputs {
  std::shared_ptr<const HorizontalPodAutoscaler> hpa;
  Str scale_path;
  const Scale* scale = nullptr;
  Pods pods;
  std::vector<std::string> rivals;      // "default/other", when they share pods
  const Answer* metrics = nullptr;      // of metrics.k8s.io; null: no metric of the spec is of it
  // By position of the metric in the spec; null where that is of metrics.k8s.io.
  std::vector<std::shared_ptr<const Answer>> adapted;
};

struct MetricResult {
  int32_t replicas = 0;
  Str name;                     // "cpu resource utilization (percentage of request)"
  MetricStatus status;
  std::optional<Error> error;   // its message as an event tells it
  Str reason, wrapped;          // of the error
};

// One resource of every pod, or of one container of each.
Result<PodMetrics> metrics_of(const Answer& answer, const Str& resource, const Str& container) {
  auto failed = [&](std::string why) { return make_error(Reason::ServiceUnavailable, cat("unable to get metrics for resource ", resource, ": ", why)); };
  if (answer.error) return failed(cat("unable to fetch metrics from resource metrics API: ", answer.error->message));
  const auto* list = answer.object.as<api::metrics_v1beta1::PodMetricsList>();
  if (!list || list->items.empty()) return failed("no metrics returned from resource metrics API");
  PodMetrics out;
  for (const auto& pod : list->items) {
    PodMetric metric{0, pod.timestamp, pod.window.ns > 0 ? pod.window : kWholeMinute};
    bool whole = true, found = container.empty();
    for (const auto& c : pod.containers) {
      if (!container.empty() && c.name != container) continue;
      found = true;
      const Quantity* used = c.usage.find(resource);
      if (!used)
        whole = false;
      else
        metric.milli += used->milli_value();
    }
    if (!found) return failed(cat("container ", container, " not present in metrics for pod ", pod.metadata.namespace_, "/", pod.metadata.name));
    if (whole) out[pod.metadata.name] = metric;
  }
  return out;
}

Tolerance tolerance_of(const HorizontalPodAutoscaler& hpa) {
  Tolerance out;
  if (!hpa.spec.behavior) return out;
  const auto& behavior = *hpa.spec.behavior;
  if (behavior.scaleUp && behavior.scaleUp->tolerance) out.up = behavior.scaleUp->tolerance->milli_value();
  if (behavior.scaleDown && behavior.scaleDown->tolerance) out.down = behavior.scaleDown->tolerance->milli_value();
  return out;
}

// One reconciliation with everything at hand.
class AutoscalerPass {
 public:
  AutoscalerPass(const Inputs& in, ScalingMemory& memory, const Attempt& attempt)
      : in_(in), memory_(memory), attempt_(attempt), hpa_(*in.hpa), about_(client::event_target(ObjectPtr(in.hpa))) {
    plan_.requeue_after = kAutoscalePeriod;
  }

  Plan without_scale(const Str& why) {
    plan_.notes.push_back({about_, "Warning", "FailedGetScale", why});
    condition("AbleToScale", false, "FailedGetScale", cat("the HPA controller was unable to get the target's current scale: ", why));
    return tell();
  }

  Plan run() {
    condition("AbleToScale", true, "SucceededGetScale", "the HPA controller was able to get the target's current scale");
    int32_t current = in_.scale->spec.replicas, least = hpa_.spec.minReplicas.value_or(1);
    if (memory_.proposals.empty()) memory_.proposals.push_back({current, attempt_.at});
    if (current == 0 && least != 0) {
      condition("ScalingActive", false, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero");
      return settle(current, 0, {}, false);
    }
    if (current > hpa_.spec.maxReplicas) return resize(current, hpa_.spec.maxReplicas, "Current number of replicas above Spec.MaxReplicas", {});
    if (current < least) return resize(current, least, "Current number of replicas below Spec.MinReplicas", {});
    return by_metrics(current, least);
  }

 private:
  Plan by_metrics(int32_t current, int32_t least) {
    std::vector<MetricResult> results;
    if (!measurable()) return failed(current, unmeasurable_, {});
    for (size_t i = 0; i < hpa_.spec.metrics.size(); ++i)
      results.push_back(measure(current, hpa_.spec.metrics[static_cast<uint32_t>(i)], in_.adapted[i].get()));
    const MetricResult* best = nullptr;
    const MetricResult* wrong = nullptr;
    int invalid = 0;
    for (const MetricResult& r : results) {
      if (r.error) {
        if (invalid++ == 0) wrong = &r;
        plan_.notes.push_back({about_, "Warning", r.reason, r.error->message});
      } else if (!best || r.replicas > best->replicas) {
        best = &r;
      }
    }
    size_t count = results.size();
    if (!best || (invalid > 0 && best->replicas < current)) {
      if (wrong) condition("ScalingActive", false, wrong->reason, cat("the HPA was unable to compute the replica count: ", wrong->error->message));
      return failed(current, cat("invalid metrics (", invalid, " invalid out of ", count, "), first error is: ", wrong ? wrong->wrapped : Str()), results);
    }
    condition("ScalingActive", true, "ValidMetricFound", cat("the HPA was able to successfully calculate a replica count from ", best->name));
    ScalingVerdict verdict = normalize(hpa_, memory_, {current, best->replicas, least, hpa_.spec.maxReplicas, attempt_.at});
    condition("AbleToScale", true, verdict.able_reason, verdict.able_message);
    condition("ScalingLimited", verdict.limited, verdict.limited_reason, verdict.limited_message);
    if (verdict.replicas == current) return settle(current, current, results, false);
    bool up = best->replicas > current;
    return resize(current, verdict.replicas, up ? cat(best->name, " above target") : std::string("All metrics below target"), results);
  }

  bool measurable() {
    if (in_.scale->status.selector.empty()) {
      plan_.notes.push_back({about_, "Warning", "SelectorRequired", "selector is required"});
      condition("ScalingActive", false, "InvalidSelector", "the HPA target's scale is missing a selector");
      unmeasurable_ = "selector is required";
      return false;
    }
    if (in_.rivals.empty()) return true;
    unmeasurable_ = cat("pods by selector ", in_.scale->status.selector, " are controlled by multiple HPAs: [", join(in_.rivals, " "), "]");
    plan_.notes.push_back({about_, "Warning", "AmbiguousSelector", unmeasurable_});
    condition("ScalingActive", false, "AmbiguousSelector", unmeasurable_);
    return false;
  }

  MetricResult measure(int32_t current, const MetricSpec& spec, const Answer* adapted) {
    if (spec.type == "Resource" && spec.resource) return resource(current, spec, spec.resource->name, {}, spec.resource->target);
    if (spec.type == "ContainerResource" && spec.containerResource)
      return resource(current, spec, spec.containerResource->name, spec.containerResource->container, spec.containerResource->target);
    if (spec.type == "Pods" && spec.pods) return of_pods(current, *spec.pods, *adapted);
    if (spec.type == "Object" && spec.object) return of_object(current, *spec.object, *adapted);
    if (spec.type == "External" && spec.external) return of_external(current, *spec.external, *adapted);
    const Str unknown = cat("unknown metric source type ", orrery::quoted(spec.type));
    return without("InvalidMetricSourceType", unknown, unknown);
  }

  static MetricResult without(Str reason, Str why, Str wrapped) {
    MetricResult out;
    out.reason = std::move(reason);
    out.error = make_error(Reason::NotFound, std::move(why));
    out.wrapped = std::move(wrapped);
    return out;
  }
  static Quantity milli(int64_t thousandths) { return Quantity::milli(thousandths); }

  MetricResult of_pods(int32_t current, const PodsMetricSource& source, const Answer& answer) {
    auto failed = [](const Str& why) { return without("FailedGetPodsMetric", why, cat("failed to get pods metric value: ", why)); };
    auto metrics = pods_metric(answer);
    if (!metrics) return failed(cat("unable to get metric ", source.metric.name, ": ", metrics.error().message));
    if (!source.target.averageValue) return failed("invalid pods metric source: no average value target was set");
    CalculatorInput input{current, {}, {}, &in_.pods, std::move(*metrics), tolerance_of(hpa_), attempt_.now};
    auto proposal = by_average(std::move(input), source.target.averageValue->milli_value());
    if (!proposal) return failed(proposal.error().message);
    MetricResult out;
    out.replicas = proposal->replicas;
    out.name = cat("pods metric ", source.metric.name);
    out.status.type = "Pods";
    auto& status = out.status.pods.mut();
    status.metric = source.metric;
    status.current.averageValue = milli(proposal->average);
    return out;
  }

  MetricResult of_object(int32_t current, const ObjectMetricSource& source, const Answer& answer) {
    const bool value = source.target.type == "Value" && source.target.value;
    const bool share = source.target.type == "AverageValue" && source.target.averageValue;
    auto failed = [&](const Str& why) {
      return without("FailedGetObjectMetric", why,
                     cat("failed to get object metric value: ", share ? cat("failed to get ", source.metric.name, " object metric: ") : std::string(), why));
    };
    if (!value && !share) return failed("invalid object metric source: neither a value target nor an average value target was set");
    const auto& on = source.describedObject;
    auto metric = object_metric(answer);
    if (!metric)  // upstream's words, in upstream's order
      return failed(cat("unable to get metric ", source.metric.name, ": ", on.kind, " on ", hpa_.metadata.namespace_, " ", on.name, "/", metric.error().message));
    auto proposal = whole(current, source.target, *metric, share);
    if (!proposal) return failed(proposal.error().message);
    MetricResult out;
    out.replicas = proposal->replicas;
    out.name = share ? cat("external metric ", source.metric.name, "(", go_text(source.metric.selector), ")") : cat(on.kind, " metric ", source.metric.name);
    out.status.type = "Object";
    auto& status = out.status.object.mut();
    status.metric = source.metric;
    if (!share) status.describedObject = on;
    (share ? status.current.averageValue : status.current.value) = milli(proposal->average);
    return out;
  }

  MetricResult of_external(int32_t current, const ExternalMetricSource& source, const Answer& answer) {
    const Str& name = source.metric.name;
    const bool share = source.target.averageValue.has_value();
    const std::string wrap = cat("failed to get ", name, " external metric value: ");
    auto failed = [&](const Str& why) {
      return without("FailedGetExternalMetric", why,
                     cat(wrap, share ? cat("failed to get ", name, " external metric: ") : cat("failed to get external metric ", name, ": "), why));
    };
    if (!share && !source.target.value) {
      const Str why = "invalid external metric source: neither a value target nor an average value target was set";
      return without("FailedGetExternalMetric", why, cat(wrap, why));
    }
    auto metric = external_metric(answer, name);
    if (!metric)
      return failed(cat("unable to get external metric ", hpa_.metadata.namespace_, "/", name, "/", go_text(source.metric.selector), ": ", metric.error().message));
    auto proposal = whole(current, source.target, *metric, share);
    if (!proposal) return failed(proposal.error().message);
    MetricResult out;
    out.replicas = proposal->replicas;
    out.name = cat("external metric ", name, "(", go_text(source.metric.selector), ")");
    out.status.type = "External";
    auto& status = out.status.external.mut();
    status.metric = source.metric;
    (share ? status.current.averageValue : status.current.value) = milli(proposal->average);
    return out;
  }

  // Of a metric that is not the pods' own. A share is reckoned by the replicas that are there, not by those wanted.
  Result<ReplicaProposal> whole(int32_t current, const MetricTarget& target, int64_t metric, bool share) {
    WholeInput input{current, metric, 0, &in_.pods, tolerance_of(hpa_)};
    input.target_milli = (share ? target.averageValue : target.value)->milli_value();
    if (!share) return by_value(input);
    input.current = in_.scale->status.replicas;
    return by_share(input);
  }

  MetricResult resource(int32_t current, const MetricSpec& spec, const Str& name, const Str& container, const MetricTarget& target) {
    const bool of_container = !container.empty();
    auto metrics = metrics_of(*in_.metrics, name, container);
    Result<ReplicaProposal> proposal = metrics ? Result<ReplicaProposal>(ReplicaProposal{}) : Result<ReplicaProposal>(metrics.error());
    MetricResult out;
    out.name = cat(name, of_container ? " container resource" : " resource");
    if (metrics) {
      CalculatorInput input{current, name, container, &in_.pods, std::move(*metrics), tolerance_of(hpa_), attempt_.now};
      if (target.averageValue)
        proposal = by_average(std::move(input), target.averageValue->milli_value());
      else
        proposal = by_utilization(std::move(input), target.averageUtilization.value_or(0));
    }
    if (!target.averageValue) out.name = cat(out.name, " utilization (percentage of request)");
    if (!proposal) {
      out.reason = of_container ? "FailedGetContainerResourceMetric" : "FailedGetResourceMetric";
      out.error = make_error(Reason::ServiceUnavailable, cat("failed to get ", name, target.averageValue ? " usage: " : " utilization: ", proposal.error().message));
      out.wrapped = cat("failed to get ", of_container ? container : name, of_container ? " container metric value: " : " resource metric value: ", out.error->message);
      return out;
    }
    out.replicas = proposal->replicas;
    MetricValueStatus value;
    if (!target.averageValue) value.averageUtilization = proposal->utilization;
    value.averageValue = Quantity::make(proposal->average, -3, Quantity::Format::DecimalSI);
    out.status.type = spec.type;
    if (of_container) {
      auto& status = out.status.containerResource.mut();
      status.name = name;
      status.container = container;
      status.current = value;
    } else {
      auto& status = out.status.resource.mut();
      status.name = name;
      status.current = value;
    }
    return out;
  }

  Plan failed(int32_t current, std::string why, const std::vector<MetricResult>&) {
    plan_.notes.push_back({about_, "Warning", "FailedComputeMetricsReplicas", why});
    hpa_.status.currentReplicas = current;
    return tell();
  }

  Plan resize(int32_t current, int32_t replicas, const std::string& reason, const std::vector<MetricResult>& results) {
    if (attempt_.error && attempt_.failures > 0) {
      condition("AbleToScale", false, "FailedUpdateScale", cat("the HPA controller was unable to update the target scale: ", attempt_.error->message));
      tell();
    }
    Scale scale = *in_.scale;
    scale.spec.replicas = replicas;
    Write w;
    w.op = Write::Op::Scale;
    w.path = in_.scale_path;
    w.key = {hpa_.metadata.namespace_, hpa_.spec.scaleTargetRef.name};
    w.object = api::make_object(std::move(scale));
    w.stage = plan_.next_stage();
    w.why = cat(hpa_.metadata.name, ": ", reason, ": from ", current, " to ", replicas);
    w.on_success = Note{about_, "Normal", "SuccessfulRescale", cat("New size: ", replicas, "; reason: ", reason)};
    w.on_failure = Note{about_, "Warning", "FailedRescale", cat("New size: ", replicas, "; reason: ", reason, "; error: {error}")};
    plan_.writes.push_back(std::move(w));
    note_resize(hpa_, memory_, {current, replicas, 0, 0, attempt_.at}, replicas);
    condition("AbleToScale", true, "SucceededRescale", cat("the HPA controller was able to update the target scale to ", replicas));
    return settle(current, replicas, results, true);
  }

  Plan settle(int32_t current, int32_t desired, const std::vector<MetricResult>& results, bool resized) {
    hpa_.status.currentReplicas = current;
    hpa_.status.desiredReplicas = desired;
    hpa_.status.currentMetrics.clear();
    for (const MetricResult& r : results) hpa_.status.currentMetrics.push_back(r.status);
    if (resized) hpa_.status.lastScaleTime = stamp(attempt_.now);
    return tell();
  }

  void condition(std::string_view type, bool status, Str reason, Str message) {
    auto same = [&](const HorizontalPodAutoscalerCondition& c) { return c.type == type; };
    HorizontalPodAutoscalerCondition* c = hpa_.status.conditions.mut_if(same);
    if (!c) {
      c = &hpa_.status.conditions.push_back({});
      c->type = Str(type);
    }
    const char* word = status ? "True" : "False";
    if (c->status != word) c->lastTransitionTime = stamp(attempt_.now);
    c->status = word;
    c->reason = std::move(reason);
    c->message = std::move(message);
  }

  Plan tell() {
    if (hpa_.status == in_.hpa->status) return plan_;
    Write w = client::update_status(api::make_object(hpa_), cat(hpa_.metadata.name, " has looked at its target: ", hpa_.status.currentReplicas,
                                                               " now, ", hpa_.status.desiredReplicas, " wanted"));
    w.stage = plan_.next_stage();
    w.fine = Reason::Conflict;  // the next round tells again
    plan_.writes.push_back(std::move(w));
    return plan_;
  }

  const Inputs& in_;
  ScalingMemory& memory_;
  const Attempt& attempt_;
  HorizontalPodAutoscaler hpa_;
  client::EventTarget about_;
  std::string unmeasurable_;
  Plan plan_;
};

// The answer, or null with the question put into the plan.
const Answer* answer_to(const Read& question, const Attempt& attempt, Plan& plan) {
  auto it = attempt.answers.find(question);
  if (it != attempt.answers.end()) return &it->second;
  if (std::find(plan.reads.begin(), plan.reads.end(), question) == plan.reads.end()) plan.reads.push_back(question);
  return nullptr;
}

}  // namespace

void HorizontalPodAutoscalerController::setup(client::InformerSet& informers) {
  autoscalers_ = &informers.of<HorizontalPodAutoscaler>();
  autoscalers_->add_handler(*this);
  definitions_ = &informers.of<CustomResourceDefinition>();
}

// Whatever changes, the next look is a period away: statuses change with every look.
void HorizontalPodAutoscalerController::on_change(const client::Informer&, ports::WatchType, const ObjectPtr& before, const ObjectPtr& after) {
  const Key key = client::key_of((after ? after : before).meta());
  if (!after) memory_.erase(key);
  if (after && !memory_.count(key)) {
    memory_[key];
    queue().add_after(key, kAutoscalePeriod);
  }
}

Result<Str> HorizontalPodAutoscalerController::scale_path(const HorizontalPodAutoscaler& hpa) const {
  const auto& ref = hpa.spec.scaleTargetRef;
  const std::string version = ref.apiVersion.str();
  const size_t slash = version.find('/');
  const std::string group = slash == std::string::npos ? std::string() : version.substr(0, slash);
  auto in_group = [&](std::string_view prefix, std::string_view plural) {
    return Str(cat(prefix, "/namespaces/", hpa.metadata.namespace_, "/", plural, "/", ref.name, "/scale"));
  };
  for (const api::KindInfo& kind : api::all_kinds())
    if (kind.group == group && kind.kind == ref.kind.view() && kind.namespaced)
      return in_group(group.empty() ? cat("/api/", kind.version) : cat("/apis/", group, "/", kind.version), kind.plural);
  Str path;
  for (const auto& [key, object] : definitions_->objects()) {
    const auto& spec = object.as<CustomResourceDefinition>()->spec;
    if (spec.group != group || spec.names.kind != ref.kind) continue;
    for (const auto& v : spec.versions)
      if (v.served && path.empty()) path = in_group(cat("/apis/", spec.group, "/", v.name), spec.names.plural);
  }
  if (!path.empty()) return path;
  return make_error(Reason::NotFound, cat("no matches for kind ", orrery::quoted(ref.kind), " in group ", orrery::quoted(group)));
}

Result<Str> HorizontalPodAutoscalerController::resource_of(const CrossVersionObjectReference& object) const {
  const std::string version = object.apiVersion.str();
  const size_t slash = version.find('/');
  const std::string group = slash == std::string::npos ? std::string() : version.substr(0, slash);
  const std::string in_group = group.empty() ? std::string() : cat(".", group);
  for (const api::KindInfo& kind : api::all_kinds())
    if (kind.group == group && kind.kind == object.kind.view()) return Str(cat(kind.plural, in_group));
  for (const auto& [key, definition] : definitions_->objects()) {
    const auto& spec = definition.as<CustomResourceDefinition>()->spec;
    if (spec.group == group && spec.names.kind == object.kind) return Str(cat(spec.names.plural, in_group));
  }
  return make_error(Reason::NotFound, cat("unable to map kind ", object.kind, in_group, " to resource: no matches for kind ",
                                          orrery::quoted(object.kind), " in group ", orrery::quoted(group)));
}

HorizontalPodAutoscalerController::Question HorizontalPodAutoscalerController::question_for(const MetricSpec& metric, const Str& ns,
                                                                                             const Str& pods) const {
  if (metric.type == "Pods" && metric.pods) return {ask_pods_metric(ns, pods, metric.pods->metric), {}};
  if (metric.type == "External" && metric.external) return {ask_external_metric(ns, metric.external->metric), {}};
  if (metric.type != "Object" || !metric.object) return {};
  const auto& object = metric.object->describedObject;
  auto resource = resource_of(object);
  if (!resource) return {{}, resource.error()};
  return {ask_object_metric(ns, *resource, object.name, metric.object->metric), {}};
}

std::vector<std::string> HorizontalPodAutoscalerController::rivals(const Key& key, const Pods& pods) const {
  std::vector<std::string> out;
  for (const auto& [other, memory] : memory_) {
    if (other.ns != key.ns || other == key) continue;
    const std::vector<Str>& theirs = memory.pods;
    bool shared = std::any_of(pods.begin(), pods.end(), [&theirs](const PodPtr& pod) {
      return std::find(theirs.begin(), theirs.end(), pod->metadata.name) != theirs.end();
    });
    if (shared) out.push_back(cat(other.ns, "/", other.name));
  }
  if (!out.empty()) out.insert(out.begin(), cat(key.ns, "/", key.name));
  return out;
}

Plan HorizontalPodAutoscalerController::plan(const Key& key, const Attempt& attempt) {
  Plan asking;
  Inputs in;
  in.hpa = autoscalers_->find(key).get<HorizontalPodAutoscaler>();
  if (!in.hpa) return {};
  ScalingMemory& memory = memory_[key];
  auto path = scale_path(*in.hpa);
  if (!path) return AutoscalerPass(in, memory, attempt).without_scale(path.error().message);
  in.scale_path = *path;
  const Answer* scale = answer_to({in.scale_path, {}}, attempt, asking);
  if (!scale) return asking;
  if (scale->error) return AutoscalerPass(in, memory, attempt).without_scale(scale->error->message);
  in.scale = scale->object.as<Scale>();
  if (!in.scale) return AutoscalerPass(in, memory, attempt).without_scale("the server's answer is no Scale");
  const Str& selector = in.scale->status.selector;
  if (selector.empty()) return AutoscalerPass(in, memory, attempt).run();
  const Answer* pods = answer_to({cat("/api/v1/namespaces/", key.ns, "/pods"), selector}, attempt, asking);
  for (const MetricSpec& metric : in.hpa->spec.metrics) {
    Question question = question_for(metric, key.ns, selector);
    const Answer* answer = question.read ? answer_to(*question.read, attempt, asking) : nullptr;
    in.adapted.push_back(nullptr);
    if (answer || question.error) in.adapted.back() = std::make_shared<const Answer>(answer ? *answer : Answer{{}, question.error});
    if (metric.type == "Resource" || metric.type == "ContainerResource")
      in.metrics = answer_to({cat("/apis/metrics.k8s.io/v1beta1/namespaces/", key.ns, "/pods"), selector}, attempt, asking);
  }
  if (!asking.reads.empty()) return asking;
  memory.pods.clear();
  if (const auto* list = pods->object.as<api::core_v1::PodList>())
    for (const auto& pod : list->items) {
      in.pods.push_back(std::make_shared<const api::core_v1::Pod>(pod));
      memory.pods.push_back(pod.metadata.name);
    }
  in.rivals = rivals(key, in.pods);
  return AutoscalerPass(in, memory, attempt).run();
}

}  // namespace orrery::controllers
