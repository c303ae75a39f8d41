#include "core/controllers/replica_calculator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/base/text.h"

namespace orrery::controllers {

using api::core_v1::Container;
using api::core_v1::Pod;

namespace {

constexpr Duration kCpuInitialization = minutes(5);        // --horizontal-pod-autoscaler-cpu-initialization-period
constexpr Duration kInitialReadinessDelay = seconds(30);   // --horizontal-pod-autoscaler-initial-readiness-delay

bool within(const Tolerance& tolerance, double ratio) {
  return 1.0 - static_cast<double>(tolerance.down) / 1000 <= ratio && ratio <= 1.0 + static_cast<double>(tolerance.up) / 1000;
}

int32_t ceil_of(double x) {
  if (x > std::numeric_limits<int32_t>::max()) return std::numeric_limits<int32_t>::max();
  return x > 0 ? static_cast<int32_t>(std::ceil(x)) : 0;  // 0 also of what is no number
}

struct Groups {
  int32_t ready = 0;
  std::set<Str> unready, missing, ignored;
};

// Of a young pod a sample counts once it covers time in which the pod was ready; of an old one unless it never was.
bool cpu_sample_misleads(const Pod& pod, const PodMetric& metric, WallTime now) {
  const auto* ready = condition_of(pod, "Ready");
  if (!ready || !pod.status.startTime.is_set()) return true;
  bool not_ready = ready->status == "False";
  if (pod.status.startTime + kCpuInitialization > now) return not_ready || metric.at < ready->lastTransitionTime + metric.window;
  return not_ready && pod.status.startTime + kInitialReadinessDelay > ready->lastTransitionTime;
}

Groups group(const CalculatorInput& in) {
  Groups out;
  for (const PodPtr& pod : *in.pods) {
    const Str& name = pod->metadata.name;
    if (pod->metadata.deletionTimestamp.is_set() || pod->status.phase == "Failed") {
      out.ignored.insert(name);
      continue;
    }
    if (pod->status.phase == "Pending") {
      out.unready.insert(name);
      continue;
    }
    auto metric = in.metrics.find(name);
    if (metric == in.metrics.end())
      out.missing.insert(name);
    else if (in.resource == "cpu" && cpu_sample_misleads(*pod, metric->second, in.now))
      out.unready.insert(name);
    else
      ++out.ready;
  }
  return out;
}

using Requests = std::map<Str, int64_t>;

Result<Requests> requests_of(const CalculatorInput& in) {
  Requests out;
  for (const PodPtr& pod : *in.pods) {
    int64_t sum = 0;
    auto add = [&](const Container& c) -> bool {
      if (!in.container.empty() && c.name != in.container) return true;
      const Quantity* request = c.resources.requests.find(in.resource);
      if (request) sum += request->milli_value();
      return request != nullptr;
    };
    std::vector<const Container*> counted;
    for (const Container& c : pod->spec.containers) counted.push_back(&c);
    for (const Container& c : pod->spec.initContainers)
      if (c.restartPolicy && *c.restartPolicy == "Always") counted.push_back(&c);
    for (const Container* c : counted)
      if (!add(*c))
        return make_error(Reason::BadRequest, cat("missing request for ", in.resource, " in container ", c->name, " of Pod ", pod->metadata.name));
    out[pod->metadata.name] = sum;
  }
  return out;
}

struct Ratio {
  double of_target = 0;
  int32_t utilization = 0;
  int64_t average = 0;
};

// What the calculation is over: usage against requests, or against a number for each pod.
class Calculation {
 public:
  Calculation(CalculatorInput input, int64_t target, const Requests* requests)
      : in_(std::move(input)), target_(target), requests_(requests) {}

  Result<ReplicaProposal> run() {
    const Groups groups = group(in_);
    for (const auto* names : {&groups.ignored, &groups.unready})
      for (const Str& name : *names) in_.metrics.erase(name);
    if (in_.metrics.empty()) return make_error(Reason::ServiceUnavailable, "did not receive metrics for targeted pods (pods might be unready)");
    auto first = ratio();
    if (!first) return first.error();
    auto stay = [&] { return ReplicaProposal{in_.current, first->utilization, first->average}; };
    bool unready_count = !groups.unready.empty() && first->of_target > 1;
    if (!unready_count && groups.missing.empty()) {
      if (tolerated(first->of_target)) return stay();
      return ReplicaProposal{ceil_of(first->of_target * groups.ready), first->utilization, first->average};
    }
    fill(groups, *first, unready_count);
    auto second = ratio();
    if (!second) return second.error();
    bool turned = (first->of_target < 1 && second->of_target > 1) || (first->of_target > 1 && second->of_target < 1);
    if (tolerated(second->of_target) || turned) return stay();
    int32_t replicas = ceil_of(second->of_target * static_cast<double>(in_.metrics.size()));
    if ((second->of_target < 1 && replicas > in_.current) || (second->of_target > 1 && replicas < in_.current)) return stay();
    return ReplicaProposal{replicas, first->utilization, first->average};
  }

 private:
  bool tolerated(double ratio) const { return within(in_.tolerance, ratio); }

  // Pods without a sample are taken to use what speaks against the change: everything before shrinking, nothing before
  // growing.
  void fill(const Groups& groups, const Ratio& first, bool unready_count) {
    for (const Str& name : groups.missing) {
      if (first.of_target < 1)
        in_.metrics[name].milli = requests_ ? requests_->at(name) * std::max<int64_t>(100, target_) / 100 : target_;
      else if (first.of_target > 1 || !requests_)
        in_.metrics[name].milli = 0;
    }
    if (!unready_count) return;
    for (const Str& name : groups.unready) in_.metrics[name].milli = 0;
  }

  Result<Ratio> ratio() const {
    int64_t used = 0, asked = 0, count = 0;
    for (const auto& [name, metric] : in_.metrics) {
      if (requests_) {
        auto request = requests_->find(name);
        if (request == requests_->end()) continue;
        asked += request->second;
      }
      used += metric.milli;
      ++count;
    }
    Ratio out;
    out.average = count ? used / count : 0;
    if (!requests_) {
      out.of_target = static_cast<double>(out.average) / static_cast<double>(target_);
      return out;
    }
    if (asked == 0) return make_error(Reason::BadRequest, "no metrics returned matched known pods");
    out.utilization = static_cast<int32_t>(used * 100 / asked);
    out.of_target = static_cast<double>(out.utilization) / static_cast<double>(target_);
    return out;
  }

  CalculatorInput in_;
  int64_t target_;
  const Requests* requests_;
};

}  // namespace

Result<ReplicaProposal> by_utilization(CalculatorInput input, int32_t target_percent) {
  if (input.pods->empty()) return make_error(Reason::BadRequest, "no pods returned by selector while calculating replica count");
  auto requests = requests_of(input);
  if (!requests) return requests.error();
  return Calculation(std::move(input), target_percent, &*requests).run();
}

Result<ReplicaProposal> by_average(CalculatorInput input, int64_t target_milli) {
  if (input.pods->empty()) return make_error(Reason::BadRequest, "no pods returned by selector while calculating replica count");
  return Calculation(std::move(input), target_milli, nullptr).run();
}

Result<ReplicaProposal> by_value(const WholeInput& in) {
  const double ratio = static_cast<double>(in.milli) / static_cast<double>(in.target_milli);
  if (in.current == 0) return ReplicaProposal{ceil_of(ratio), 0, in.milli};
  if (within(in.tolerance, ratio)) return ReplicaProposal{in.current, 0, in.milli};
  if (in.pods->empty())
    return make_error(Reason::BadRequest, "unable to calculate ready pods: no pods returned by selector while calculating replica count");
  int32_t ready = 0;
  for (const PodPtr& pod : *in.pods)
    if (pod->status.phase == "Running" && is_ready(*pod)) ++ready;
  return ReplicaProposal{ceil_of(ratio * ready), 0, in.milli};
}

ReplicaProposal by_share(const WholeInput& in) {
  const double whole = static_cast<double>(in.milli), target = static_cast<double>(in.target_milli);
  ReplicaProposal out{in.current, 0, in.milli};
  if (!within(in.tolerance, whole / (target * in.current))) out.replicas = ceil_of(whole / target);
  const bool fits = whole < static_cast<double>(std::numeric_limits<int64_t>::max());
  if (in.current > 0 && fits) out.average = static_cast<int64_t>(std::ceil(whole / in.current));
  return out;
}

}  // namespace orrery::controllers
