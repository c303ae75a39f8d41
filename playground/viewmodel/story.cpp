#include "playground/viewmodel/story.h"

#include <string_view>
#include <tuple>

namespace orrery::viewmodel {
namespace {

constexpr std::size_t kToldMax = 4096;

bool begins(const std::string& text, const char* beginning) { return text.rfind(beginning, 0) == 0; }

bool is_delivery(const Trace& trace) { return trace.from == "apiserver" && begins(trace.verb, "watch"); }

bool is_report(const Trace& trace) { return trace.verb == "update status"; }

// All controllers live in one place.
std::string_view receiver_of(const std::string& id) { return begins(id, "controller-manager") ? std::string_view("controller-manager") : id; }

}  // namespace

void Story::skip(const SharedList<Trace>& traces) {
  tell(traces);
  told_.clear();
}

std::vector<Trace> Story::tell(const SharedList<Trace>& traces) {
  std::vector<Trace> out;
  auto news = std::partition_point(traces.begin(), traces.end(), [&](const Trace& trace) { return trace.seq <= seen_; });
  for (; news != traces.end(); ++news) {
    const Trace& trace = *news;
    seen_ = trace.seq;
    if (trace.heartbeat) continue;
    if (is_delivery(trace)) {
      hear(news.shared());
    } else if (!is_bookkeeping(trace)) {
      tell_act(trace, out);
    }
  }
  // Of several reports of one kubelet about one pod the last says it all.
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> reported;  // by whom, about which pod
  std::vector<bool> repeated(out.size());
  for (std::size_t i = out.size(); i-- > 0;)
    if (is_report(out[i])) repeated[i] = !reported.insert({out[i].from, out[i].object.ns, out[i].object.name}).second;
  std::vector<Trace> kept;
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!repeated[i]) kept.push_back(std::move(out[i]));
  while (told_.size() > kToldMax) told_.erase(told_.begin());
  while (reports_.size() > kToldMax) reports_.erase(reports_.begin());
  return kept;
}

// Most of what is heard is never told: it stays the model's own.
void Story::hear(const SharedTrace& trace) {
  const std::string_view receiver = receiver_of(trace->to);
  auto heard = heard_.find(receiver);
  if (heard == heard_.end()) heard = heard_.emplace(receiver, std::deque<SharedTrace>()).first;
  heard->second.push_back(trace);
  if (heard->second.size() > kHeardMax) heard->second.pop_front();
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
  for (const SharedTrace& one : heard->second) {
    const Trace& trace = *one;
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

void Story::note(Trace trace, std::vector<Trace>& out) {
  told_.insert(trace.seq);
  out.push_back(std::move(trace));
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
      note(std::move(delivery), out);
    }
  }
  if (is_report(act)) reports_.insert(act.seq);
  note(std::move(act), out);
}

}  // namespace orrery::viewmodel
