#include "runtime_sim/checkers/watch_checker.h"

#include <algorithm>

#include "core/api/kinds.h"
#include "core/base/text.h"

namespace orrery::sim {
namespace {

constexpr Duration kWaitAgain = seconds(1);

ports::Identity watcher() {
  ports::Identity identity;
  identity.user = "orrery:checker";
  identity.groups = {"system:masters", "system:authenticated"};
  return identity;
}

}  // namespace

WatchChecker::WatchChecker(ports::ApiHandler& api, ports::TaskQueue& queue, const api::KindInfo& kind)
    : queue_(queue), kind_(kind), id_(queue.attach(*this)), client_(api, queue, watcher(), "checker"),
      resource_(kind.group.empty() ? std::string(kind.plural) : cat(kind.group, "/", kind.plural)) {
  connect();
}

WatchChecker::~WatchChecker() { queue_.detach(id_); }

void WatchChecker::connect() {
  ++token_;
  ++connections_;
  client::WatchFrom from;
  from.initial = initial_ = revision_ == 0;
  from.revision = revision_;
  call_ = client_.watch(kind_, {}, from, {id_, kReply, token_});
}

void WatchChecker::violated(std::string what) {
  report_.push_back({"watches", Str(cat("the watch of ", resource_, " ", what)), queue_.now()});
}

void WatchChecker::expect(const Seen& seen) {
  using ports::WatchType;
  if (seen.resource != resource_ || seen.replayed || seen.revision <= base_) return;
  due_.push_back({seen.revision, !seen.before ? WatchType::Added : !seen.after ? WatchType::Deleted : WatchType::Modified});
}

void WatchChecker::compare() {
  while (!told_.empty()) {
    const Step told = told_.front();
    const Step due = due_.empty() ? Step{} : due_.front();
    told_.pop_front();
    if (told.type == ports::WatchType::Bookmark) {
      if (due.revision && due.revision <= told.revision)
        violated(cat("has a bookmark at ", told.revision, " and never told of revision ", due.revision));
      continue;
    }
    if (due.revision == 0 || told.revision < due.revision) {
      violated(cat("told of revision ", told.revision, ", which it had told before or which never was"));
      continue;
    }
    while (!due_.empty() && due_.front().revision < told.revision) {
      violated(cat("never told of revision ", due_.front().revision));
      due_.pop_front();
    }
    if (due_.empty()) continue;
    if (due_.front().revision == told.revision && due_.front().type != told.type)
      violated(cat("called revision ", told.revision, " ", ports::watch_type_text(told.type), ", it is ", ports::watch_type_text(due_.front().type)));
    due_.pop_front();
  }
}

void WatchChecker::take(const ports::WatchEvent& event) {
  if (event.type == ports::WatchType::Error) {
    if (event.error.http() == 410) revision_ = 0;
    return;
  }
  if (event.type == ports::WatchType::Bookmark) {
    revision_ = std::max(revision_, event.revision);
    if (!event.initial_end) return told_.push_back({event.revision, event.type});
    initial_ = false;
    base_ = event.revision;
    told_.clear();
    while (!due_.empty() && due_.front().revision <= base_) due_.pop_front();
    return;
  }
  ++events_;
  if (initial_) return;  // what is there already, in any order
  revision_ = std::max(revision_, event.revision);
  told_.push_back({event.revision, event.type});
}

void WatchChecker::on_task(const ports::Task& task) {
  if (task.kind == kAgain) return connect();
  const auto& part = task.as<ports::ApiReply>();
  if (task.arg != token_) return;
  if (part.part == ports::ApiReply::Part::Data) {
    for (const ports::WatchEvent& event : part.events) take(event);
    client_.consumed(call_, part.events.size());
    return;
  }
  if (part.part == ports::ApiReply::Part::Head && !part.error) return;
  if (part.error && part.error->http() == 410) revision_ = 0;
  if (initial_) revision_ = 0;
  ++token_;
  queue_.post_after(kWaitAgain, id_, kAgain);
}

void WatchChecker::settle() {
  compare();
  if (!due_.empty()) violated(cat("never told of revision ", due_.front().revision));
}

}  // namespace orrery::sim
