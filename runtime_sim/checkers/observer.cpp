#include "runtime_sim/checkers/observer.h"

#include <algorithm>

#include "core/api/gen/core_v1.h"
#include "core/api/kinds.h"
#include "runtime_sim/checkers/explanations.h"

namespace orrery::sim {
namespace {

constexpr Duration kLookEvery = millis(500);  // at the processes of all nodes

bool heartbeat(const Seen& seen) {
  if (seen.resource == "coordination.k8s.io/leases" || seen.resource == "events" || seen.resource == "events.k8s.io/events") return true;
  if (seen.resource != "nodes" || !seen.before || !seen.after) return false;
  const auto* before = seen.before.as<api::core_v1::Node>();
  const auto* after = seen.after.as<api::core_v1::Node>();
  return before->spec == after->spec && before->metadata.labels == after->metadata.labels;
}

}  // namespace

Observer::Observer(SimWorld& world) : world_(world), checkers_(all_checkers()) {
  ports::ApiHandler& api = world.link("checker", world.control_plane().api());
  for (const api::KindInfo* kind : {&api::kind<api::core_v1::Pod>(), &api::kind<api::core_v1::ConfigMap>()})
    watches_.push_back(std::make_unique<WatchChecker>(api, world.loop(), *kind));
}

void Observer::observe() {
  const Instant now = world_.loop().now();
  for (const Seen& seen : mirror_.follow(world_.control_plane().api().store(), now)) {
    mirror_.apply(seen);
    ++changes_;
    if (!heartbeat(seen)) last_write_ = now;
    for (const CheckerPtr& checker : checkers_) checker->on_change(mirror_, seen);
    for (const auto& watch : watches_) watch->expect(seen);
  }
  for (const auto& watch : watches_) watch->compare();
  if (now < next_look_) return;
  next_look_ = now + kLookEvery;
  look_at_processes();
}

void Observer::look_at_processes() {
  std::vector<RunningPod> running;
  for (const Str& name : world_.node_names())
    for (const auto& [id, c] : world_.node(name)->state().containers)
      if (c.status.state == ports::ContainerState::Running) running.push_back({c.spec.pod.ns, c.spec.pod.name, c.spec.pod.uid, name});
  for (const CheckerPtr& checker : checkers_) checker->on_processes(mirror_, running, world_.loop().now());
}

void Observer::at_rest() {
  observe();
  for (const CheckerPtr& checker : checkers_) checker->at_rest(mirror_, world_.loop().now());
  for (const auto& watch : watches_) watch->settle();
  explanations_ = check_explanations(world_.control_plane().scheduler(), world_.loop().now());
}

Duration Observer::quiet_for() const { return world_.loop().now() - last_write_; }

Report Observer::violations() const {
  Report out;
  for (const CheckerPtr& checker : checkers_)
    for (const Violation& v : checker->report()) out.push_back(v);
  for (const auto& watch : watches_)
    for (const Violation& v : watch->report()) out.push_back(v);
  out.insert(out.end(), explanations_.begin(), explanations_.end());
  std::stable_sort(out.begin(), out.end(), [](const Violation& a, const Violation& b) { return a.at < b.at; });
  if (out.size() > kViolationsMax) out.resize(kViolationsMax);
  return out;
}

}  // namespace orrery::sim
