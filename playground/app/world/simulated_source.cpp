#include "playground/app/world/simulated_source.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "playground/app/lesson_stage/sim_stage.h"
#include "playground/app/object_views.h"

namespace orrery::app {
namespace {

using viewmodel::Part;
using viewmodel::PartKind;

constexpr double kSliceSeconds = 0.006;     // of real time that the world may take from a frame
constexpr uint64_t kSliceTasks = 256;
constexpr double kDebtMaxSeconds = 0.25;    // of real time: what a slow machine can't catch up with is forgiven
constexpr Duration kStepMax = seconds(60);
constexpr double kSpeedMin = 0.1, kSpeedMax = 100;

ports::Identity admin() {
  ports::Identity identity;
  identity.user = "kubernetes-admin";
  identity.groups = {"system:masters", "system:authenticated"};
  return identity;
}

double real_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The map shows the cluster's own parts; the page's watches and the lesson's are not among them.
bool on_the_map(const Str& id) {
  for (const char* name : {"kubectl", "apiserver", "etcd", "scheduler", "controller-manager", "kubelet/", "runtime/", "kube-proxy/", "pod/", "dns"})
    if (id.view().rfind(name, 0) == 0) return true;
  return false;
}

bool shown(const ports::TraceRecord& record) { return !record.heartbeat && on_the_map(record.from) && on_the_map(record.to); }

}  // namespace

SimulatedSource::SimulatedSource(const lesson::WorldSpec& spec)
    : world_(world_options(spec)),
      page_(world_.api(), world_.loop(), admin(), "page"),
      lesson_(world_.api(), world_.loop(), admin(), "lesson"),
      feed_(page_, world_.loop()),
      lesson_world_(lesson_, world_.loop()),
      shell_(world_.loop(), world_.kubectl(), world_.files()),
      texts_(world_.loop(), world_.kubectl()) {
  world_.run_for(seconds(1));  // the control plane makes its first objects
  feed_.start();
  if (spec.manifests.empty()) return;
  world_.files().write("start.yaml", spec.manifests);
  shell_.run(0, "kubectl apply -f start.yaml");  // run 0 is nobody's: its output is dropped by the terminal
}

void SimulatedSource::set_speed(double speed) {
  speed_ = std::clamp(speed, kSpeedMin, kSpeedMax);
  clock_changed_ = true;
}

// While paused, a command still gets its answer: the world runs just until then.
void SimulatedSource::advance(double real) {
  const bool runs = !paused_ || waits_for_answer();
  owed_ns_ = runs ? std::min(owed_ns_ + real * speed_ * 1e9, std::max(real, kDebtMaxSeconds) * speed_ * 1e9) : 0;
  if (owed_ns_ < 1) return;
  const Instant from = world_.loop().now();
  const Instant target = from + nanos(int64_t(owed_ns_));
  const double end = real_seconds() + kSliceSeconds;
  while (world_.run_until(target, kSliceTasks) >= kSliceTasks && real_seconds() < end) {
    if (paused_ && !waits_for_answer()) break;
  }
  owed_ns_ = std::max(0.0, owed_ns_ - double((world_.loop().now() - from).ns));
}

void SimulatedSource::skip(double virtual_seconds) { world_.run_for(nanos(int64_t(virtual_seconds * 1e9))); }

void SimulatedSource::step() {
  paused_ = true;
  clock_changed_ = true;
  const uint64_t before = world_.trace().last_id();
  const Instant limit = world_.loop().now() + kStepMax;
  while (auto due = world_.loop().next_due()) {
    if (*due > limit) return;
    world_.run_until(std::max(*due, world_.loop().now()), 1);
    const auto& records = world_.trace().records();
    for (auto it = records.rbegin(); it != records.rend() && it->id > before; ++it)
      if (shown(*it)) return;
  }
}

bool SimulatedSource::refresh(viewmodel::ClusterModel& model) {
  bool changed = feed_.update(model);
  changed |= take_traces(model);
  if (!model.connected || parts_changed_ || model.parts.empty() || changed) take_parts(model);
  model.connected = model.simulated = true;
  model.clock = {world_.clock().now().ns, paused_, speed_, true};
  changed |= std::exchange(clock_changed_, false) | std::exchange(parts_changed_, false);
  if (changed) names_ = {true, true, "", {}, model.nodes, model.pods, model.workloads};
  return changed;
}

bool SimulatedSource::take_traces(viewmodel::ClusterModel& model) {
  const auto& records = world_.trace().records();
  auto it = records.end();
  while (it != records.begin() && std::prev(it)->id > last_trace_) --it;
  last_trace_ = world_.trace().last_id();
  const WallTime start{world_.clock().now().ns - world_.loop().now().ns};
  bool any = false;
  for (; it != records.end(); ++it) {
    if (!shown(*it)) continue;
    model.traces.push_back(view_of(*it, start));
    any = true;
  }
  if (model.traces.size() > viewmodel::kMaxTraces)
    model.traces.erase(model.traces.begin(), model.traces.end() - std::ptrdiff_t(viewmodel::kMaxTraces / 2));
  return any;
}

void SimulatedSource::take_parts(viewmodel::ClusterModel& model) {
  std::vector<Part> parts = {{PartKind::User, "kubectl", "", true, false}};
  const auto add = [&](PartKind kind, const std::string& id, const std::string& node, bool can_stop) {
    const bool power = node.empty() || world_.part_running("node/" + node);
    parts.push_back({kind, id, node, power && world_.part_running(id), can_stop});
  };
  add(PartKind::ApiServer, "apiserver", "", true);
  add(PartKind::Etcd, "etcd", "", true);
  add(PartKind::Scheduler, "scheduler", "", true);
  add(PartKind::ControllerManager, "controller-manager", "", true);
  for (const Str& name : world_.node_names()) {
    const std::string node = name.str();
    add(PartKind::Kubelet, "kubelet/" + node, node, true);
    add(PartKind::KubeProxy, "kube-proxy/" + node, node, false);
    add(PartKind::Runtime, "runtime/" + node, node, false);
  }
  const bool same = parts.size() == model.parts.size() &&
                    std::equal(parts.begin(), parts.end(), model.parts.begin(), [](const Part& a, const Part& b) { return a.id == b.id && a.running == b.running; });
  if (same) return;
  model.parts = std::move(parts);
  ++model.version;
}

void SimulatedSource::stop_part(const std::string& id) {
  (void)world_.stop_part(id);  // the map offers only parts that can be stopped
  parts_changed_ = true;
}

void SimulatedSource::start_part(const std::string& id) {
  (void)world_.start_part(id);
  parts_changed_ = true;
}

std::string SimulatedSource::inject(const lesson::Fault& fault) {
  parts_changed_ = true;
  return inject_fault(world_, fault);
}

double SimulatedSource::quiet_for() const {
  if (paused_ && !waits_for_answer()) return std::numeric_limits<double>::infinity();
  sim::SimWorld& world = const_cast<sim::SimWorld&>(world_);  // asks only
  const auto due = world.loop().next_due();
  if (!due) return std::numeric_limits<double>::infinity();
  return std::max(0.001, double((*due - world.loop().now()).ns) / 1e9 / speed_);
}

std::unique_ptr<PageSource> open_simulated(const lesson::WorldSpec& spec) { return std::make_unique<SimulatedSource>(spec); }

}  // namespace orrery::app
