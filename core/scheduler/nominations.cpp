#include "core/scheduler/nominations.h"

namespace orrery::scheduler {

Str Nominations::node_of(const Key& key) const {
  auto at = all_.find(key);
  return at == all_.end() ? Str() : at->second.node;
}

void Nominations::set(const Key& key, Nomination nomination) {
  Nomination& slot = all_[key];
  undo_.record({key, std::move(slot)});
  slot = std::move(nomination);
}

void Nominations::remove(const Key& key) {
  auto at = all_.find(key);
  if (at == all_.end()) return;
  undo_.record({key, std::move(at->second)});
  all_.erase(at);
}

std::vector<Key> Nominations::reserve(const PodInfo& pod, Cluster& cluster) const {
  std::vector<Key> out;
  if (all_.empty()) return out;
  const Key own = client::key_of(pod.pod->metadata);
  for (const auto& [key, nominated] : all_) {
    if (key == own || nominated.pod->priority < pod.priority || cluster.node_of(key)) continue;
    if (cluster.find(nominated.node) < 0) continue;
    cluster.reserve(nominated.pod, nominated.node);
    out.push_back(key);
  }
  return out;
}

void Nominations::go_back(uint64_t position) {
  for (Undo& undo : undo_.since(position)) {
    if (undo.before.pod) set(undo.key, std::move(undo.before));
    else remove(undo.key);
  }
}

}  // namespace orrery::scheduler
