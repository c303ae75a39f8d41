#include "playground/viewmodel/usage.h"

#include <algorithm>

namespace orrery::viewmodel {
namespace {

std::tuple<std::string, std::string, std::string> key_of(const ObjectRef& ref) { return {ref.kind, ref.ns, ref.name}; }

}  // namespace

void UsageHistory::observe(const UsageReply& reply) {
  for (const char* kind : {"Pod", "Node"})
    if (reply.asked.kind.empty() || reply.asked.kind == kind) answers_[kind] = {reply.asked, reply.answer, reply.error};
  ++version_;
  for (const auto& [ref, point] : reply.points) take(ref, point);
  while (points_.size() > kObjectsMax)
    points_.erase(std::min_element(points_.begin(), points_.end(), [](const auto& a, const auto& b) {
      return a.second.back().at < b.second.back().at;
    }));
}

// The same measurement is told until there is a newer one.
void UsageHistory::take(const ObjectRef& ref, const UsagePoint& point) {
  std::deque<UsagePoint>& points = points_[key_of(ref)];
  if (!points.empty() && point.at <= points.back().at) return;
  points.push_back(point);
  if (points.size() > kPointsMax) points.pop_front();
}

void UsageHistory::rewind(Nanos now) {
  for (auto it = points_.begin(); it != points_.end();) {
    while (!it->second.empty() && it->second.back().at > now) it->second.pop_back();
    it = it->second.empty() ? points_.erase(it) : std::next(it);
  }
  answers_.clear();
  ++version_;
}

const std::deque<UsagePoint>* UsageHistory::of(const ObjectRef& ref) const {
  const auto found = points_.find(key_of(ref));
  return found == points_.end() ? nullptr : &found->second;
}

const UsageHistory::Answer* UsageHistory::about(const ObjectRef& ref) const {
  const auto found = answers_.find(ref.kind);
  if (found == answers_.end()) return nullptr;
  return found->second.asked.name.empty() || found->second.asked == ref ? &found->second : nullptr;
}

UsageAnswer UsageHistory::answer(const ObjectRef& ref) const {
  const Answer* found = about(ref);
  return found ? found->answer : UsageAnswer::None;
}

const std::string& UsageHistory::error(const ObjectRef& ref) const {
  static const std::string kNone;
  const Answer* found = about(ref);
  return found ? found->error : kNone;
}

}  // namespace orrery::viewmodel
