#include "playground/lesson_engine/client_world.h"

#include <algorithm>

#include "core/api/json.h"

namespace orrery::lesson {
namespace {

// The core group's kind when several groups have one of that name (Event).
const api::KindInfo* kind_named(const std::string& name) {
  const api::KindInfo* found = nullptr;
  for (const api::KindInfo& kind : api::all_kinds())
    if (kind.kind == name && (found == nullptr || kind.group.empty())) found = &kind;
  return found;
}

}  // namespace

void ClientWorld::watch(const std::vector<std::string>& kinds) {
  for (const std::string& name : kinds)
    if (const api::KindInfo* kind = kind_named(name)) informers_->of(*kind).add_handler(*this);
  kinds_ = kinds;
  informers_->start();
}

void ClientWorld::move_to(client::Client& client, ports::TaskQueue& queue) {
  informers_ = std::make_unique<client::InformerSet>(client, queue);
  client_ = &client;
  queue_ = &queue;
  known_.merge(before_);  // what wasn't seen again yet, because the API server was down, is still to be missed
  before_ = std::exchange(known_, {});
  watch(std::vector<std::string>(kinds_));
}

std::vector<Change> ClientWorld::take_changes() {
  if (!before_.empty() && informers_->synced()) tell_missing();
  if (faults_ && std::find(kinds_.begin(), kinds_.end(), kFaultKind) != kinds_.end()) compare_faults();
  return std::exchange(changes_, {});
}

void ClientWorld::compare_faults() {
  const std::vector<std::string> now = faults_();
  bool answers_again = false;
  for (auto it = broken_.begin(); it != broken_.end();) {
    const bool mended = std::find(now.begin(), now.end(), it->first) == now.end();
    if (mended) changes_.push_back({Change::Type::Deleted, now_ns(), kFaultKind, it->second});
    answers_again |= mended && (it->first == "stop apiserver" || it->first == "stop etcd");
    it = mended ? broken_.erase(it) : std::next(it);
  }
  for (const std::string& line : now) {
    if (broken_.count(line)) continue;
    const Json object = {{"kind", kFaultKind}, {"metadata", {{"name", line}, {"uid", "fault-" + std::to_string(++fault_count_)}}}};
    broken_[line] = object;
    changes_.push_back({Change::Type::Added, now_ns(), kFaultKind, object});
  }
  // A watch that lost its server waits longer before each new try; a learner who sees the server back doesn't.
  if (answers_again) move_to(*client_, *queue_);
}

void ClientWorld::tell_missing() {
  for (auto& [uid, change] : before_) {
    change.type = Change::Type::Deleted;
    change.at_ns = now_ns();
    changes_.push_back(std::move(change));
  }
  before_.clear();
}

void ClientWorld::on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                            const api::ObjectPtr& after) {
  Change change;
  change.at_ns = now_ns();
  change.kind = std::string(informer.kind().kind);
  change.type = type == ports::WatchType::Deleted    ? Change::Type::Deleted
                : type == ports::WatchType::Modified ? Change::Type::Modified
                : informer.synced()                  ? Change::Type::Added
                                                     : Change::Type::Existing;
  change.object = Json::parse(api::to_json(after ? after : before), nullptr, false);
  const std::string uid = (after ? after : before).meta().uid.str();
  if (before_.erase(uid) > 0) change.type = Change::Type::Modified;  // before the move it was known, too
  if (change.type == Change::Type::Deleted) known_.erase(uid);
  else known_[uid] = change;
  changes_.push_back(std::move(change));
}

}  // namespace orrery::lesson
