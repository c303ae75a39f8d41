#include "core/kubelet/eviction_manager.h"

#include "core/base/text.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;
using ports::Task;

EvictionManager::EvictionManager(Ports p, client::EventRecorder& events, NodeRegistrar& registrar,
                                 ImageCollector& images, Host& host, std::vector<Threshold> thresholds)
    : ports_(p),
      events_(events),
      registrar_(registrar),
      images_(images),
      host_(host),
      thresholds_(std::move(thresholds)),
      id_(p.queue.attach(*this)) {}

EvictionManager::~EvictionManager() { ports_.queue.detach(id_); }

void EvictionManager::start() {
  const uint64_t round = state_.round;
  state_ = {};
  state_.round = round;
  state_.running = true;
  look_again(kEvictionPeriod);
}

void EvictionManager::stop() {
  const uint64_t round = state_.round;
  state_ = {};
  state_.round = round + 1;
}

void EvictionManager::look_again(Duration wait) {
  ++state_.round;
  ports_.queue.post_after(wait, id_, kTick, state_.round << kRoundShift);
}

void EvictionManager::look() {
  state_.uses.clear();
  state_.asked.clear();
  state_.victims.clear();
  state_.short_of.clear();
  ports_.runtime.machine(reply(kReading));
}

void EvictionManager::on_reading(const Task& task) {
  const auto& r = task.as<Result<ports::MachineReading>>();
  if (!r.ok()) return look_again(kEvictionPeriod);
  state_.short_of = shortages(thresholds_, *r);
  set_conditions();
  read_pods();
}

void EvictionManager::set_conditions() {
  const Instant now = ports_.queue.now();
  for (const Shortage& s : state_.short_of) {
    const auto i = static_cast<size_t>(pressure_of(s.signal));
    state_.ever[i] = true;
    state_.observed[i] = now;
  }
  for (size_t i = 0; i < kPressures; ++i) {
    const bool on = state_.ever[i] && now - state_.observed[i] < kPressureTransition;
    if (on == state_.under[i]) continue;
    state_.under[i] = on;
    registrar_.set_pressure(condition_name(static_cast<Pressure>(i)), on);
  }
}

// Reads what is needed to judge pods; goes on with decide() at once when nothing is.
void EvictionManager::read_pods() {
  bool disk = false;
  for (const Shortage& s : state_.short_of) disk = disk || pressure_of(s.signal) == Pressure::Disk;
  uint64_t number = 0;
  bool any = !state_.short_of.empty();
  for (const PodState* pod : host_.evictable()) {
    any = any || pod->storage_limits;
    if (!pod->storage_limits && !disk) continue;
    const v1::PodSpec& spec = pod->pod->spec;
    if (!spec.volumes.find_if([](const v1::Volume& v) { return static_cast<bool>(v.emptyDir); })) continue;
    state_.asked[++number] = pod->ref.uid;
    ports_.volumes.usage(pod->ref, reply(kVolumes, number));
  }
  if (!any) return look_again(kEvictionPeriod);
  state_.stats_asked = true;
  ports_.runtime.stats(reply(kStats));
}

void EvictionManager::on_stats(const Task& task) {
  state_.stats_asked = false;
  const auto& r = task.as<Result<std::vector<ports::ContainerStats>>>();
  if (!r.ok()) return;
  for (const ports::ContainerStats& s : *r) {
    PodUse& use = state_.uses[s.pod.uid];
    use.known = true;
    use.containers.push_back(
        {s.name, static_cast<int64_t>(s.memory_working_set_bytes), static_cast<int64_t>(s.disk_bytes)});
  }
}

std::vector<Candidate> EvictionManager::candidates() const {
  std::vector<Candidate> out;
  for (const PodState* pod : host_.evictable()) {
    auto use = state_.uses.find(pod->ref.uid);
    out.push_back({pod->pod.get(), use == state_.uses.end() ? PodUse{} : use->second});
  }
  return out;
}

bool EvictionManager::evict_for_storage(const std::vector<Candidate>& pods) {
  for (const Candidate& c : pods) {
    if (is_critical(*c.pod)) continue;
    const std::string why = storage_excess(c);
    if (why.empty()) continue;
    const Str uid = c.pod->metadata.uid;
    state_.victims.insert(uid);
    host_.evict(uid, why, false);
  }
  return !state_.victims.empty();
}

void EvictionManager::decide() {
  if (state_.stats_asked || !state_.asked.empty()) return;
  if (evict_for_storage(candidates())) return wait_for_cleanup();
  if (state_.short_of.empty()) return look_again(kEvictionPeriod);
  reclaim();
}

// Unused images go before pods do.
void EvictionManager::reclaim() {
  const Pressure pressure = pressure_of(state_.short_of[0].signal);
  const Str& node = registrar_.node().name;
  events_.warning({"v1", "Node", {{}, node}, node, {}, {}}, "EvictionThresholdMet",
                  cat("Attempting to reclaim ", resource_name(pressure)));
  if (pressure == Pressure::Disk && images_.on()) return images_.remove_unused(reply(kReclaimed));
  evict_one();
}

void EvictionManager::evict_one() {
  const Shortage& shortage = state_.short_of[0];
  std::vector<Candidate> pods = candidates();
  rank_for_eviction(pressure_of(shortage.signal), pods);
  for (const Candidate& c : pods) {
    if (is_critical(*c.pod)) continue;
    const Str uid = c.pod->metadata.uid;
    state_.victims.insert(uid);
    host_.evict(uid, eviction_message(shortage, c), true);
    return wait_for_cleanup();
  }
  look_again(kEvictionPeriod);
}

void EvictionManager::wait_for_cleanup() {
  state_.cleanup_ends = ports_.queue.now() + kCleanupMax;
  ++state_.round;
  ports_.queue.post_after(kCleanupPoll, id_, kCleanup, state_.round << kRoundShift);
}

void EvictionManager::on_task(const Task& task) {
  if (!state_.running || task.arg >> kRoundShift != state_.round) return;
  switch (task.kind) {
    case kTick:
      look();
      break;
    case kReading:
      on_reading(task);
      break;
    case kStats:
      on_stats(task);
      decide();
      break;
    case kVolumes: {
      const auto& r = task.as<Result<std::vector<ports::VolumeUsage>>>();
      auto it = state_.asked.find(task.arg & ((uint64_t{1} << kRoundShift) - 1));
      if (it == state_.asked.end()) break;
      if (r.ok()) state_.uses[it->second].volumes = *r;
      state_.asked.erase(it);
      decide();
      break;
    }
    case kReclaimed:
      ports_.runtime.machine(reply(kReadAgain));
      break;
    case kReadAgain: {
      const auto& r = task.as<Result<ports::MachineReading>>();
      if (r.ok() && shortages(thresholds_, *r).empty())
        look_again(kEvictionPeriod);
      else
        evict_one();
      break;
    }
    case kCleanup: {
      bool clean = true;
      for (const Str& uid : state_.victims) clean = clean && host_.cleaned_up(uid);
      if (clean || ports_.queue.now() >= state_.cleanup_ends) return look();
      ports_.queue.post_after(kCleanupPoll, id_, kCleanup, task.arg);
      break;
    }
  }
}

}  // namespace orrery::kubelet
