#include "playground/viewmodel/history.h"

#include <algorithm>
#include <utility>

namespace orrery::viewmodel {
namespace {

bool is_bad_reason(const std::string& reason) {
  if (reason == "Running") return false;  // most
  for (const char* bad : {"CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "Error", "OOMKilled", "CreateContainerConfigError",
                          "Evicted", "InvalidImageName", "RunContainerError", "DeadlineExceeded"})
    if (reason.find(bad) != std::string::npos) return true;
  return false;
}

const Container* same_container(const Pod* pod, const Container& container) {
  if (!pod) return nullptr;
  for (const Container& other : pod->containers)
    if (other.name == container.name && other.role == container.role) return &other;
  return nullptr;
}

std::string label_of(const Container& container) {
  switch (container.state) {
    case ContainerState::Waiting: return container.reason.empty() ? "Waiting" : container.reason;
    case ContainerState::Running: return "Running";
    case ContainerState::Terminated: break;
  }
  return (container.reason.empty() ? "Terminated" : container.reason) + " (" + std::to_string(container.exit_code) + ")";
}

}  // namespace

Tone tone_of(const Container& container) {
  if (container.state == ContainerState::Running) return container.ready || container.role != ContainerRole::App ? Tone::Good : Tone::Waiting;
  if (is_bad_reason(container.reason)) return Tone::Bad;
  if (container.state == ContainerState::Waiting) return Tone::Waiting;
  return container.exit_code == 0 ? Tone::Done : Tone::Bad;
}

Tone tone_of(const Pod& pod) {
  if (pod.phase == PodPhase::Succeeded) return Tone::Done;
  if (pod.phase == PodPhase::Failed || is_bad_reason(pod.reason)) return Tone::Bad;
  if (pod.deleting) return Tone::Idle;
  return pod.phase == PodPhase::Running && pod.ready ? Tone::Good : Tone::Waiting;
}

const PodHistory* History::of(const std::string& uid) const {
  const auto found = pods_.find(uid);
  return found == pods_.end() ? nullptr : &found->second;
}

void History::take_pods(const ClusterModel& model) {
  const Nanos at = model.clock.now;
  const SharedList<Pod> before = std::exchange(last_, model.pods);
  const std::vector<std::uint32_t> places = places_before(before, last_);
  std::vector<std::size_t> gone;
  std::size_t next = 0;
  auto now = last_.begin(), then = before.begin();
  for (std::size_t i = 0; i < last_.size(); ++i, ++now) {
    if (places[i] == kNewPod) {
      pod_changed(nullptr, *now, at);
      continue;
    }
    for (; next < places[i]; ++next) gone.push_back(next);
    const auto& old = (then += std::ptrdiff_t(next) - (then - before.begin())).shared();
    ++next;
    if (old == now.shared()) continue;
    const Pod& pod = *now;
    if (pod.revision != 0 ? pod.revision != old->revision : !(pod == *old)) pod_changed(old.get(), pod, at);
  }
  for (; next < before.size(); ++next) gone.push_back(next);
  for (const std::size_t i : gone) pod_gone(before[i], at);
}

void History::observe(const ClusterModel& model) {
  const Nanos at = model.clock.now;
  take_pods(model);
  for (const Node& node : model.nodes) {
    const auto before = node_ready_.find(node.name);
    if (started_ && before != node_ready_.end() && before->second != node.ready)
      feed_.push_back({at, node.ready ? Word::feed_node_ready : Word::feed_node_not_ready, {node.name},
                       node.ready ? Tone::Good : Tone::Bad, {"Node", "", node.name}});
    node_ready_[node.name] = node.ready;
  }
  if (feed_.size() > kMaxFeed) feed_.erase(feed_.begin(), feed_.end() - std::ptrdiff_t(kMaxFeed));
  started_ = true;
}

void History::rewind(const ClusterModel& model) {
  const Nanos at = model.clock.now;
  feed_.erase(std::remove_if(feed_.begin(), feed_.end(), [&](const FeedLine& line) { return line.at > at; }), feed_.end());
  for (auto it = pods_.begin(); it != pods_.end();) {
    PodHistory& history = it->second;
    history.marks.erase(std::remove_if(history.marks.begin(), history.marks.end(), [&](const Mark& mark) { return mark.at > at; }),
                        history.marks.end());
    if (history.gone && history.gone_at > at) {
      history.gone = false;
      gone_.erase(std::find(gone_.begin(), gone_.end(), it->first));
    }
    it = history.marks.empty() ? pods_.erase(it) : std::next(it);
  }
  last_ = model.pods;
  node_ready_.clear();
  for (const Node& node : model.nodes) node_ready_[node.name] = node.ready;
  started_ = true;
}

void History::say(Nanos at, Word sentence, std::vector<std::string> names, Tone tone, const Pod& pod) {
  if (!started_) return;  // the first sight of a cluster is no news
  feed_.push_back({at, sentence, std::move(names), tone, {"Pod", pod.ns, pod.name}});
}

void History::mark(PodHistory& history, Nanos at, const std::string& lane, Tone tone, const std::string& label) {
  if (std::find(history.lanes.begin(), history.lanes.end(), lane) == history.lanes.end()) history.lanes.push_back(lane);
  history.marks.push_back({at, lane, tone, label});
}

void History::pod_changed(const Pod* before, const Pod& now, Nanos at) {
  PodHistory& history = pods_[now.uid];
  history.ns = now.ns;
  history.name = now.name;
  if (!before) {
    if (now.owner.empty()) say(at, Word::feed_created, {now.name}, Tone::Waiting, now);
    else say(at, Word::feed_created_by, {now.name, now.owner_kind, now.owner}, Tone::Waiting, now);
  }
  const bool scheduled = std::any_of(now.conditions.begin(), now.conditions.end(), [](const Condition& c) { return c.type == "PodScheduled"; });
  const bool placed = !before && !scheduled;  // its maker wrote the node's name
  if (!now.node.empty() && (!before || before->node.empty())) say(at, placed ? Word::feed_placed : Word::feed_bound, {now.name, now.node}, Tone::Waiting, now);
  if (!before || before->reason != now.reason || before->ready != now.ready || before->phase != now.phase)
    mark(history, before ? at : now.created, "Pod", tone_of(now), now.reason);
  if (now.ready && before && !before->ready) say(at, Word::feed_ready, {now.name}, Tone::Good, now);
  if (!now.ready && before && before->ready && !now.deleting) say(at, Word::feed_unready, {now.name}, Tone::Bad, now);
  if (now.deleting && (!before || !before->deleting))
    say(at, Word::feed_deleting, {now.name, std::to_string(now.grace_s)}, Tone::Idle, now);
  for (const Condition& condition : now.conditions) {
    const Condition* old = nullptr;
    if (before)
      for (const Condition& other : before->conditions)
        if (other.type == condition.type) old = &other;
    if (!old || old->status != condition.status)
      mark(history, condition.since ? condition.since : at, condition.type,
           condition.status == "True" ? Tone::Good : Tone::Waiting, condition.status == "True" ? "True" : condition.reason);
  }
  for (const Container& container : now.containers) {
    const Container* old = same_container(before, container);
    if (!old || old->state != container.state || old->reason != container.reason || old->restarts != container.restarts ||
        old->ready != container.ready)
      mark(history, at, container.name, tone_of(container), label_of(container));
    if (old && container.restarts > old->restarts)
      say(at, Word::feed_restarted, {now.name, container.name, std::to_string(container.restarts)}, Tone::Bad, now);
  }
}

void History::pod_gone(const Pod& pod, Nanos at) {
  say(at, Word::feed_gone, {pod.name}, Tone::Done, pod);
  PodHistory& history = pods_[pod.uid];
  history.gone = true;
  history.gone_at = at;
  gone_.push_back(pod.uid);
  if (gone_.size() <= kMaxGone) return;
  pods_.erase(gone_.front());
  gone_.erase(gone_.begin());
}

}  // namespace orrery::viewmodel
