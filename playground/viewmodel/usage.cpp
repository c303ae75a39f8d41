#include "playground/viewmodel/usage.h"

#include <algorithm>

namespace orrery::viewmodel {
namespace {

std::tuple<std::string, std::string, std::string> key_of(const ObjectRef& ref) { return {ref.kind, ref.ns, ref.name}; }

}  // namespace

void UsageHistory::observe(const UsageReply& reply) {
  asked_ = reply.asked;
  answer_ = reply.answer;
  error_ = reply.error;
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
  answer_ = UsageAnswer::None;
  ++version_;
}

const std::deque<UsagePoint>* UsageHistory::of(const ObjectRef& ref) const {
  const auto found = points_.find(key_of(ref));
  return found == points_.end() ? nullptr : &found->second;
}

UsageAnswer UsageHistory::answer(const ObjectRef& ref) const {
  return asked_.kind.empty() || asked_ == ref ? answer_ : UsageAnswer::None;
}

}  // namespace orrery::viewmodel
