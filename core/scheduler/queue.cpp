#include "core/scheduler/queue.h"

#include "core/scheduler/rule.h"

namespace orrery::scheduler {
namespace {

// The pods that a happening may help, by what refused them (kube-scheduler's queueing hints, by plugin).
uint32_t helps(Happening what) {
  constexpr uint32_t kResources = kTooManyPods | kCpu | kMemory | kEphemeral | kOther | kPorts;
  constexpr uint32_t kPods = kSpread | kSpreadLabel | kPodAffinity | kPodAntiAffinity | kExistingAntiAffinity;
  constexpr uint32_t kNodes = kNodeName | kNodeUnschedulable | kTaint | kAffinity;
  constexpr uint32_t kStorage = kClaims | kNoVolume | kVolumeAffinity | kVolumeMissing | kVolumeZone;
  switch (what) {
    case Happening::NodeAdded: return kNodes | kResources | kPods | kStorage | kOncePod;
    case Happening::NodeUpdated: return kNodes | kResources | kPods | kStorage;
    case Happening::PodRemoved: return kResources | kPods;
    case Happening::PodAdded: return kSpread | kPodAffinity;  // one more pod never makes room
    case Happening::PodUpdated: return kPods | kResources;
    case Happening::StorageChanged:
    case Happening::ClaimChanged: return kStorage;
    case Happening::ClaimFreed: return kOncePod;
  }
  return 0;
}

bool uses(const PodInfo& pod, const Key& claim) {
  if (!(pod.pod->metadata.namespace_ == claim.ns)) return false;
  for (const client::UsedClaim& used : pod.claims)
    if (used.name == claim.name) return true;
  return false;
}

}  // namespace

SchedulingQueue::Order SchedulingQueue::order_of(const QueuedPod& pod) const {
  return {pod.info->priority, pod.since, pod.order, client::key_of(pod.info->pod->metadata)};
}

Duration SchedulingQueue::backoff(int attempts) {
  Duration wait = kBackoffMin;
  for (int i = 1; i < attempts && wait < kBackoffMax; ++i) wait = wait * 2;
  return wait < kBackoffMax ? wait : kBackoffMax;
}

void SchedulingQueue::leave(const Key& key) {
  auto it = pods_.find(key);
  if (it == pods_.end()) return;
  active_.erase(order_of(it->second));
  backoff_.erase({it->second.backoff_until.ns, key});
  auto refused = unschedulable_.find(key);
  if (refused != unschedulable_.end()) release(refused);
}

void SchedulingQueue::release(std::map<Key, Instant>::iterator it) {
  unschedulable_by_time_.erase({it->second.ns, it->first});
  unschedulable_.erase(it);
  if (unschedulable_.empty()) refused_by_any_ = 0;
}

void SchedulingQueue::activate(const Key& key) {
  leave(key);
  active_.insert(order_of(pods_.at(key)));
}

void SchedulingQueue::add(std::shared_ptr<const PodInfo> pod, Instant now) {
  Key key = client::key_of(pod->pod->metadata);
  if (pods_.count(key)) return update(std::move(pod), now);
  QueuedPod queued;
  queued.info = std::move(pod);
  queued.since = now;
  queued.order = next_order_++;
  pods_.emplace(key, std::move(queued));
  activate(key);
}

void SchedulingQueue::update(std::shared_ptr<const PodInfo> pod, Instant now) {
  Key key = client::key_of(pod->pod->metadata);
  auto it = pods_.find(key);
  if (it == pods_.end()) return add(std::move(pod), now);
  bool was_active = active_.count(order_of(it->second)) != 0;
  bool was_refused = unschedulable_.count(key) != 0;
  if (was_active) active_.erase(order_of(it->second));
  it->second.info = std::move(pod);
  if (was_active) active_.insert(order_of(it->second));
  if (was_refused) {
    release(unschedulable_.find(key));
    if (it->second.backoff_until > now)
      backoff_.insert({it->second.backoff_until.ns, key});
    else
      active_.insert(order_of(it->second));
  }
}

void SchedulingQueue::remove(const Key& key) {
  leave(key);
  pods_.erase(key);
}

std::optional<QueuedPod> SchedulingQueue::take() {
  if (active_.empty()) return std::nullopt;
  Key key = active_.begin()->key;
  active_.erase(active_.begin());
  QueuedPod& pod = pods_.at(key);
  ++pod.attempts;
  return pod;
}

void SchedulingQueue::refused(const Key& key, uint32_t why, Instant now) {
  auto it = pods_.find(key);
  if (it == pods_.end()) return;
  leave(key);
  it->second.refused_by = why;
  it->second.backoff_until = now + backoff(it->second.attempts);
  unschedulable_[key] = now;
  unschedulable_by_time_.insert({now.ns, key});
  refused_by_any_ |= why;
}

void SchedulingQueue::failed(const Key& key, Instant now) {
  auto it = pods_.find(key);
  if (it == pods_.end()) return;
  leave(key);
  it->second.backoff_until = now + backoff(it->second.attempts);
  backoff_.insert({it->second.backoff_until.ns, key});
}

void SchedulingQueue::happened(Happening what, const Key* claim, Instant now) {
  uint32_t helped = helps(what);
  if ((refused_by_any_ & helped) == 0 && what != Happening::NodeAdded) return;
  for (auto it = unschedulable_.begin(); it != unschedulable_.end();) {
    const QueuedPod& pod = pods_.at(it->first);
    // A pod refused by nothing (no nodes at all) is helped by any node.
    bool may_fit = (pod.refused_by & helped) != 0 || (pod.refused_by == 0 && what == Happening::NodeAdded);
    if (!may_fit || (claim && !uses(*pod.info, *claim))) {
      ++it;
      continue;
    }
    if (pod.backoff_until > now)
      backoff_.insert({pod.backoff_until.ns, it->first});
    else
      active_.insert(order_of(pod));
    release(it++);
  }
}

std::optional<Instant> SchedulingQueue::advance(Instant now) {
  while (!backoff_.empty() && backoff_.begin()->first <= now.ns) {
    Key key = backoff_.begin()->second;
    backoff_.erase(backoff_.begin());
    active_.insert(order_of(pods_.at(key)));
  }
  std::optional<Instant> next;
  if (!backoff_.empty()) next = Instant{backoff_.begin()->first};
  while (!unschedulable_by_time_.empty()) {
    auto [since, key] = *unschedulable_by_time_.begin();
    Instant until = Instant{since} + kUnschedulableMax;
    if (until > now) {
      if (!next || until < *next) next = until;
      break;
    }
    release(unschedulable_.find(key));
    active_.insert(order_of(pods_.at(key)));
  }
  return next;
}

}  // namespace orrery::scheduler
