#include "playground/viewmodel/story.h"

#include <algorithm>

namespace orrery::viewmodel {
namespace {

constexpr std::size_t kToldMax = 4096;

bool begins(const std::string& text, const char* beginning) { return text.rfind(beginning, 0) == 0; }

bool is_delivery(const Trace& trace) { return trace.from == "apiserver" && begins(trace.verb, "watch"); }

bool is_report(const Trace& trace) { return trace.verb == "update status"; }

// All controllers live in one place.
std::string receiver_of(const std::string& id) { return begins(id, "controller-manager") ? "controller-manager" : id; }

}  // namespace

void Story::skip(const std::vector<Trace>& traces) {
  tell(traces);
  told_.clear();
}

std::vector<Trace> Story::tell(const std::vector<Trace>& traces) {
  std::vector<Trace> out;
  for (const Trace& trace : traces) {
    if (trace.seq <= seen_) continue;
    seen_ = trace.seq;
    if (trace.heartbeat) continue;
    if (is_delivery(trace)) {
      std::deque<Trace>& heard = heard_[receiver_of(trace.to)];
      heard.push_back(trace);
      if (heard.size() > kHeardMax) heard.pop_front();
    } else if (!is_bookkeeping(trace)) {
      tell_act(trace, out);
    }
  }
  // Of several reports of one kubelet about one pod the last says it all.
  std::vector<Trace> kept;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool repeated = is_report(out[i]) && std::any_of(out.begin() + std::ptrdiff_t(i) + 1, out.end(), [&](const Trace& later) {
      return is_report(later) && later.from == out[i].from && later.object == out[i].object;
    });
    if (!repeated) kept.push_back(out[i]);
  }
  while (told_.size() > kToldMax) told_.erase(told_.begin());
  while (reports_.size() > kToldMax) reports_.erase(reports_.begin());
  return kept;
}

bool Story::is_bookkeeping(const Trace& trace) const {
  for (const char* kind : {"Event", "EndpointSlice", "Endpoints", "Lease", "TokenRequest"})
    if (trace.object.kind == kind) return true;
  if (trace.verb == "choose") return true;  // told by the binding that follows
  if (trace.object.kind == "ServiceAccount" && begins(trace.from, "kubelet/")) return true;  // asks for a pod's token
  if (trace.object.kind == "Node" && trace.verb == "get" && begins(trace.from, "kubelet/")) return true;  // before it reports
  if (is_report(trace)) return !begins(trace.from, "kubelet/") || trace.object.kind != "Pod";
  if (trace.to == "etcd") return told_.count(trace.cause) == 0 || reports_.count(trace.cause) > 0;
  // kubectl looks whether its write is through: part of the write, not a deed of the user's.
  return trace.from == "kubectl" && trace.verb == "get" && trace.at - last_write_ < 60 * kSecond && last_write_ != 0;
}

const Trace* Story::heard_by(const Trace& act) const {
  const auto heard = heard_.find(receiver_of(act.from));
  if (heard == heard_.end()) return nullptr;
  const Trace* best = nullptr;
  int best_score = 0;
  for (const Trace& trace : heard->second) {
    if (trace.seq > act.seq || told_.count(trace.seq)) continue;
    int score = 1;
    if (trace.object.kind == act.object.kind) score = 2;
    if (trace.object.name == act.object.name) score = 3;
    if (trace.seq == act.cause) score = 4;
    if (score >= best_score) {  // the newest of the best
      best = &trace;
      best_score = score;
    }
  }
  return best;
}

void Story::note(const Trace& trace, std::vector<Trace>& out) {
  told_.insert(trace.seq);
  out.push_back(trace);
}

void Story::tell_act(Trace act, std::vector<Trace>& out) {
  if (act.from == "kubectl") {
    if (act.verb != "get" && act.verb != "list" && !begins(act.verb, "watch")) last_write_ = act.at;
  } else if (told_.count(act.cause) == 0) {
    act.cause = 0;
    if (const Trace* found = heard_by(act)) {
      Trace delivery = *found;
      if (told_.count(delivery.cause) == 0) delivery.cause = 0;
      act.cause = delivery.seq;
      note(delivery, out);
    }
  }
  if (is_report(act)) reports_.insert(act.seq);
  note(act, out);
}

}  // namespace orrery::viewmodel
