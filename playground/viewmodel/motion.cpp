#include "playground/viewmodel/motion.h"

#include <algorithm>

namespace orrery::viewmodel {

namespace {

bool is_work(const Trace& trace) { return !is_traffic(trace.from, trace.to); }

}  // namespace

bool is_traffic(const std::string& from, const std::string& to) {
  for (const std::string* place : {&from, &to})
    for (const char* beginning : {"pod/", "rules/", "dns"})
      if (place->rfind(beginning, 0) == 0) return true;
  return false;
}

void Motion::reset() {
  const bool still = still_;
  *this = Motion();
  still_ = still;
}

void Motion::observe(const std::vector<Trace>& traces) {
  for (const Trace& trace : traces) {
    if (trace.seq <= seen_) continue;
    seen_ = trace.seq;
    const auto cause = roots_.find(trace.cause);
    roots_[trace.seq] = cause == roots_.end() ? trace.seq : cause->second;
    if (roots_.size() > kMaxTraces) roots_.erase(roots_.begin());
    if (trace.heartbeat || trace.from.empty() || trace.to.empty() || trace.from == trace.to) continue;
    if (still_) glow_[trace.to] = 1;
    else waiting_.push_back(trace);
  }
  if (waiting_.size() > kMaxWaiting) merge();
}

std::uint64_t Motion::root_of(const Trace& trace) const {
  const auto found = roots_.find(trace.seq);
  return found == roots_.end() ? trace.seq : found->second;
}

// All waiting hops become streams, one an arrow.
void Motion::merge() {
  for (const Trace& trace : waiting_) count(trace);
  waiting_.clear();
}

void Motion::count(const Trace& trace) {
  auto same = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& s) { return s.from == trace.from && s.to == trace.to; });
  if (same == streams_.end()) same = streams_.insert(streams_.end(), {trace.from, trace.to, 0, 0});
  ++same->count;
  same->left_s = kStreamSeconds;
}

// A hop may fly when nothing it follows from still waits or flies.
bool Motion::ready(const Trace& trace) const {
  if (trace.cause == 0) return true;
  for (const Dot& dot : flying_)
    if (dot.trace.seq == trace.cause) return false;
  for (const Trace& other : waiting_)
    if (other.seq == trace.cause) return false;
  return true;
}

void Motion::launch() {
  if (waiting_.empty() || rest_ > 0) return;
  if (flying_.empty()) {
    const auto of_chain = std::find_if(waiting_.begin(), waiting_.end(), [&](const Trace& t) { return root_of(t) == chain_; });
    if (of_chain == waiting_.end()) {
      if (chain_ != 0) rest_ = kRestSeconds;
      chain_ = root_of(waiting_.front());
      if (rest_ > 0) return;
    }
  }
  // Hops of one cause fly together, so that a fan-out is seen as one; otherwise one follows the other.
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const bool together = flying_.empty() || (it->cause != 0 && it->cause == flying_.front().trace.cause);
    if (root_of(*it) == chain_ && together && ready(*it)) {
      flying_.push_back({*it, 0});
      it = waiting_.erase(it);
    } else {
      ++it;
    }
  }
  if (flying_.size() > kMaxFlying) {
    for (const Dot& dot : flying_) count(dot.trace);
    flying_.clear();
    return;
  }
  if (flying_.empty()) {  // the cause was merged away or never came: go on with the oldest
    flying_.push_back({waiting_.front(), 0});
    chain_ = root_of(waiting_.front());
    waiting_.pop_front();
  }
}

void Motion::advance(double seconds) {
  rest_ = std::max(0.0, rest_ - seconds);
  for (Dot& dot : flying_) {
    dot.progress += seconds / kHopSeconds;
    if (dot.progress >= 1) glow_[dot.trace.to] = 1;
  }
  flying_.erase(std::remove_if(flying_.begin(), flying_.end(), [](const Dot& d) { return d.progress >= 1; }), flying_.end());
  for (Stream& stream : streams_) stream.left_s -= seconds;
  streams_.erase(std::remove_if(streams_.begin(), streams_.end(), [](const Stream& s) { return s.left_s <= 0; }), streams_.end());
  for (auto it = glow_.begin(); it != glow_.end();) {
    it->second -= seconds / 0.6;
    it = it->second <= 0 ? glow_.erase(it) : std::next(it);
  }
  if (flying_.empty()) launch();
}

bool Motion::works() const {
  return std::any_of(flying_.begin(), flying_.end(), [](const Dot& dot) { return is_work(dot.trace); }) ||
         std::any_of(waiting_.begin(), waiting_.end(), is_work);
}

double Motion::glow(const std::string& place) const {
  const auto found = glow_.find(place);
  return found == glow_.end() ? 0 : found->second;
}

double Motion::glow_within(const std::string& beginning) const {
  double most = 0;
  for (auto it = glow_.lower_bound(beginning); it != glow_.end() && it->first.rfind(beginning, 0) == 0; ++it)
    most = std::max(most, it->second);
  return most;
}

}  // namespace orrery::viewmodel
