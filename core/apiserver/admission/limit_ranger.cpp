// Limits of a namespace for each container, pod and claim, and what containers get that say nothing.
// Source: plugin/pkg/admission/limitranger/admission.go.
#include "core/api/gen/core_v1.h"
#include "core/apiserver/admission/admission.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;
using Resources = Map<Quantity>;

constexpr const char* kNote = "kubernetes.io/limit-ranger";

void set_defaults_of(Container& c, const Resources& requests, const Resources& limits, const char* what,
                     std::vector<std::string>& notes) {
  auto fill = [&](Resources& into, const Resources& from, const char* kind) {
    std::vector<std::string> set;
    for (const auto& [name, amount] : from)
      if (!into.contains(name)) {
        into.set(name, amount);
        set.push_back(name.str());
      }
    if (!set.empty()) notes.push_back(cat(join(set, ", "), " ", kind, " for ", what, " ", c.name));
  };
  fill(c.resources.requests, requests, "request");
  fill(c.resources.limits, limits, "limit");
}

void set_container_defaults(const LimitRange& range, Pod& pod) {
  Resources requests, limits;
  for (const LimitRangeItem& item : range.spec.limits) {
    if (item.type != "Container") continue;
    for (const auto& [name, amount] : item.defaultRequest) requests.set(name, amount);
    for (const auto& [name, amount] : item.default_) limits.set(name, amount);
  }
  std::vector<std::string> notes;
  for (uint32_t i = 0; i < pod.spec.containers.size(); ++i)
    set_defaults_of(pod.spec.containers.mut(i), requests, limits, "container", notes);
  for (uint32_t i = 0; i < pod.spec.initContainers.size(); ++i)
    set_defaults_of(pod.spec.initContainers.mut(i), requests, limits, "init container", notes);
  if (!notes.empty()) pod.metadata.annotations.set(kNote, cat("LimitRanger plugin set: ", join(notes, "; ")));
}

struct Faults {
  std::vector<std::string> all;
  void min(const Str& type, const Resources& least, const Resources& requests, const Resources& limits) {
    for (const auto& [name, amount] : least) {
      std::string head = cat("minimum ", name, " usage per ", type, " is ", amount.str());
      if (!requests.contains(name))
        all.push_back(cat(head, ".  No request is specified"));
      else if (requests.get(name) < amount)
        all.push_back(cat(head, ", but request is ", requests.get(name).str()));
      else if (limits.contains(name) && limits.get(name) < amount)
        all.push_back(cat(head, ", but limit is ", limits.get(name).str()));
    }
  }
  void max(const Str& type, const Resources& most, const Resources& requests, const Resources& limits) {
    for (const auto& [name, amount] : most) {
      std::string head = cat("maximum ", name, " usage per ", type, " is ", amount.str());
      if (!limits.contains(name))
        all.push_back(cat(head, ".  No limit is specified"));
      else if (limits.get(name) > amount)
        all.push_back(cat(head, ", but limit is ", limits.get(name).str()));
      else if (requests.contains(name) && requests.get(name) > amount)
        all.push_back(cat(head, ", but request is ", requests.get(name).str()));
    }
  }
  void ratio(const Str& type, const Resources& most, const Resources& requests, const Resources& limits) {
    for (const auto& [name, amount] : most) {
      std::string head = cat(name, " max limit to request ratio per ", type, " is ", amount.str());
      int64_t request = requests.get(name).milli_value(), limit = limits.get(name).milli_value();
      if (request == 0)
        all.push_back(cat(head, ", but no request is specified or request is 0"));
      else if (limit == 0)
        all.push_back(cat(head, ", but no limit is specified or limit is 0"));
      else if (limit / request > INT64_MAX / 1'000'000 || limit * 1000 > amount.milli_value() * request)
        all.push_back(cat(head, ", but provided ratio is ", six_places(limit, request)));
    }
  }

 private:
  // limit / request as %f prints it.
  static std::string six_places(int64_t limit, int64_t request) {
    std::string rest = cat(1'000'000 + limit % request * 1'000'000 / request);
    return cat(limit / request, ".", rest.substr(1));
  }
};

// Sums what every container names; what one leaves out is unlimited.
Resources total(const Pod& pod, bool limits) {
  Resources sum;
  bool first = true;
  for (const Container& c : pod.spec.containers) {
    const Resources& own = limits ? c.resources.limits : c.resources.requests;
    Resources next;
    for (const auto& [name, amount] : own)
      if (first || sum.contains(name)) next.set(name, sum.get(name) + amount);
    sum = std::move(next);
    first = false;
  }
  return sum;
}

void check_pod(const LimitRange& range, const Pod& pod, Faults& faults) {
  for (const LimitRangeItem& item : range.spec.limits) {
    auto check = [&](const Resources& requests, const Resources& limits) {
      faults.min(item.type, item.min, requests, limits);
      faults.max(item.type, item.max, requests, limits);
      faults.ratio(item.type, item.maxLimitRequestRatio, requests, limits);
    };
    if (item.type == "Container")
      for (const List<Container>* containers : {&pod.spec.containers, &pod.spec.initContainers})
        for (const Container& c : *containers) check(c.resources.requests, c.resources.limits);
    if (item.type == "Pod") check(total(pod, false), total(pod, true));
  }
}

void check_claim(const LimitRange& range, const PersistentVolumeClaim& claim, Faults& faults) {
  Resources requests = claim.spec.resources.requests;
  for (const LimitRangeItem& item : range.spec.limits) {
    if (item.type != "PersistentVolumeClaim") continue;
    faults.min(item.type, item.min, requests, {});
    for (const auto& [name, amount] : item.max)
      if (requests.get(name) > amount)
        faults.all.push_back(cat("maximum ", name, " usage per PersistentVolumeClaim is ", amount.str(),
                                 ", but request is ", requests.get(name).str()));
  }
}

}  // namespace

Result<void> limit_ranger(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  bool is_pod = r.kind.kind == "Pod" && r.operation == "CREATE";
  bool is_claim = r.kind.kind == "PersistentVolumeClaim" && r.operation != "DELETE";
  if ((!is_pod && !is_claim) || !r.subresource.empty() || !object) return {};
  std::vector<std::pair<Str, store::Item>> ranges;
  store::ListSpec spec;
  spec.table = r.registry.table(api::kind<LimitRange>());
  spec.ns = r.ns;
  r.registry.store().list(spec, 0, ranges);
  for (const auto& [key, item] : ranges) {
    const LimitRange& range = *item.object.as<LimitRange>();
    Faults faults;
    if (is_pod) {
      set_container_defaults(range, object->as<Pod>());
      check_pod(range, object->as<Pod>(), faults);
    } else {
      check_claim(range, object->as<PersistentVolumeClaim>(), faults);
    }
    if (faults.all.empty()) continue;
    std::string why = faults.all.size() == 1 ? faults.all[0] : cat("[", join(faults.all, ", "), "]");
    return forbidden(r.kind, object->meta().name, why);
  }
  return {};
}

}  // namespace orrery::apiserver
