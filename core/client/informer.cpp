#include "core/client/informer.h"

#include <algorithm>

#include "core/api/gen/core_v1.h"
#include "core/client/custom_informers.h"

namespace orrery::client {
namespace {

using api::ObjectPtr;
using ports::ApiReply;
using ports::WatchType;

// client-go's reflector: 800 ms, doubled up to 30 s.
constexpr Duration kBackoffMin = millis(800);
constexpr Duration kBackoffMax = seconds(30);

Duration backoff(uint32_t failures) {
  Duration wait = kBackoffMin;
  for (uint32_t i = 1; i < failures && wait < kBackoffMax; ++i) wait = wait * 2;
  return wait < kBackoffMax ? wait : kBackoffMax;
}

const ObjectPtr kNoObject;

}  // namespace

Informer::Informer(Client& client, ports::TaskQueue& queue, const api::KindInfo& kind, Selection what)
    : client_(&client), queue_(&queue), kind_(&kind), what_(std::move(what)), id_(queue.attach(*this)) {}

Informer::~Informer() {
  stop();
  queue_->detach(id_);
}

void Informer::add_handler(InformerHandler& handler) {
  if (std::find(handlers_.begin(), handlers_.end(), &handler) == handlers_.end()) handlers_.push_back(&handler);
}

void Informer::add_index(IndexFn fn, SameFn same) {
  if (auto known = std::find(index_fns_.begin(), index_fns_.end(), fn); known != index_fns_.end()) {
    if (same) same_fns_[static_cast<size_t>(known - index_fns_.begin())] = same;
    return;
  }
  ORRERY_CHECK(!state_.running, "indexes are added before start()");
  index_fns_.push_back(fn);
  same_fns_.push_back(same);
  state_.indexes.resize(index_fns_.size());
}

void Informer::start() {
  if (state_.running) return;
  state_.running = true;
  connect();
}

void Informer::stop() {
  if (state_.call) client_->cancel(state_.call);
  uint64_t token = state_.token + 1;
  state_ = State{};
  state_.token = token;
  state_.indexes.resize(index_fns_.size());
}

const ObjectPtr& Informer::find(const Key& key) const {
  auto it = state_.objects.find(key);
  return it == state_.objects.end() ? kNoObject : it->second;
}

std::vector<ObjectPtr> Informer::lookup(IndexFn index, const Str& value) const {
  std::vector<ObjectPtr> out;
  auto fn = std::find(index_fns_.begin(), index_fns_.end(), index);
  ORRERY_CHECK(fn != index_fns_.end(), "only indexes that were added are read");
  const Index& in = state_.indexes[static_cast<size_t>(fn - index_fns_.begin())];
  auto keys = in.keys.find(value);
  if (keys == in.keys.end()) return out;
  out.reserve(keys->second.size());
  for (const Key& key : keys->second) out.push_back(state_.objects.find(key)->second);
  return out;
}

size_t Informer::count(IndexFn index, const Str& value) const {
  auto fn = std::find(index_fns_.begin(), index_fns_.end(), index);
  ORRERY_CHECK(fn != index_fns_.end(), "only indexes that were added are read");
  const Index& in = state_.indexes[static_cast<size_t>(fn - index_fns_.begin())];
  auto keys = in.keys.find(value);
  return keys == in.keys.end() ? 0 : keys->second.size();
}

void Informer::connect() {
  state_.token++;
  WatchFrom from;
  from.revision = state_.revision;
  from.initial = !state_.synced;
  state_.listing = from.initial;
  state_.unseen.clear();
  if (from.initial)
    for (const auto& [key, object] : state_.objects) state_.unseen.insert(state_.unseen.end(), key);
  state_.call = client_->watch(*kind_, what_, from, {id_, kReply, state_.token});
}

void Informer::on_task(const ports::Task& task) {
  if (!state_.running || task.arg != state_.token) return;
  if (task.kind == kRetry) return connect();
  const auto& reply = task.as<ApiReply>();
  if (reply.error) return lost(reply.error);
  for (const ports::WatchEvent& event : reply.events) {
    if (event.type == WatchType::Error) return lost(event.error);
    apply(event);
  }
  if (!reply.events.empty()) {
    state_.failures = 0;
    client_->consumed(state_.call, reply.events.size());
    for (InformerHandler* handler : handlers_) handler->on_advanced(*this);
  }
  if (reply.part == ApiReply::Part::End || reply.part == ApiReply::Part::Whole) lost(std::nullopt);
}

// The watch ended. The first time since something arrived we go on at once, then after growing waits.
void Informer::lost(const std::optional<Error>& error) {
  if (state_.call) client_->cancel(state_.call);
  state_.call = 0;
  if (error && (error->reason == Reason::Expired || error->reason == Reason::Gone)) state_.synced = false;
  Duration wait = state_.failures == 0 ? Duration{} : backoff(state_.failures);
  state_.failures++;
  state_.token++;
  queue_->post_after(wait, id_, kRetry, state_.token);
}

void Informer::apply(const ports::WatchEvent& event) {
  if (event.type == WatchType::Bookmark) {
    state_.revision = std::max(state_.revision, event.revision);
    if (event.initial_end && state_.listing) finish_listing();
    return;
  }
  if (event.type == WatchType::Deleted)
    drop(key_of(event.object), event.object);
  else
    put(event.object);
  // The initial objects come in order of keys, not of revisions: only the bookmark after them says how far we are.
  if (!state_.listing) state_.revision = std::max(state_.revision, event.revision);
}

void Informer::put(const ObjectPtr& object) {
  Key key = key_of(object);
  if (state_.listing) state_.unseen.erase(key);
  ObjectPtr& slot = state_.objects[key];
  ObjectPtr before = slot;
  if (before && before.meta().resourceVersion == object.meta().resourceVersion &&
      before.meta().uid == object.meta().uid)
    return;
  if (before && before.meta().uid != object.meta().uid) {  // deleted and made anew while we weren't looking
    drop(key, before);
    state_.objects[key] = object;
    before = nullptr;
  } else {
    slot = object;
  }
  index(key, before, object);
  notify(before ? WatchType::Modified : WatchType::Added, before, object);
}

void Informer::drop(const Key& key, const ObjectPtr& last) {
  auto it = state_.objects.find(key);
  if (it == state_.objects.end()) return;
  index(key, it->second, nullptr);
  state_.objects.erase(it);
  notify(WatchType::Deleted, last, nullptr);
}

void Informer::finish_listing() {
  state_.listing = false;
  std::set<Key> missing = std::move(state_.unseen);
  state_.unseen.clear();
  for (const Key& key : missing) {
    ObjectPtr last = find(key);
    if (last) drop(key, last);
  }
  state_.synced = true;
  for (InformerHandler* handler : handlers_) handler->on_synced(*this);
}

void Informer::index(const Key& key, const ObjectPtr& before, const ObjectPtr& after) {
  std::vector<Str> old_values, new_values;
  for (size_t i = 0; i < index_fns_.size(); ++i) {
    if (before && after && same_fns_[i] && same_fns_[i](before, after)) continue;
    old_values.clear();
    new_values.clear();
    if (before) index_fns_[i](before, old_values);
    if (after) index_fns_[i](after, new_values);
    if (old_values == new_values) continue;
    Index& in = state_.indexes[i];
    for (const Str& value : old_values) {
      auto keys = in.keys.find(value);
      if (keys == in.keys.end()) continue;
      keys->second.erase(key);
      if (keys->second.empty()) in.keys.erase(keys);
    }
    for (const Str& value : new_values) in.keys[value].insert(key);
  }
}

void Informer::notify(WatchType type, const ObjectPtr& before, const ObjectPtr& after) {
  for (InformerHandler* handler : handlers_) handler->on_change(*this, type, before, after);
}

Informer& InformerSet::of(const api::KindInfo& kind) {
  if (Informer* known = find(kind)) return *known;
  informers_.push_back(std::make_unique<Informer>(*client_, *queue_, kind));
  return *informers_.back();
}

Informer* InformerSet::find(const api::KindInfo& kind) const {
  for (const auto& informer : informers_)
    if (&informer->kind() == &kind) return informer.get();
  return nullptr;
}

InformerSet::InformerSet(Client& client, ports::TaskQueue& queue) : client_(&client), queue_(&queue) {}
InformerSet::~InformerSet() = default;

CustomInformers& InformerSet::custom() {
  if (!custom_)
    custom_ =
        std::make_unique<CustomInformers>(*client_, *queue_, of<api::apiextensions_v1::CustomResourceDefinition>());
  return *custom_;
}

void InformerSet::restored() {
  if (!custom_) return;
  custom_->stop();
  custom_->resync();
}

void InformerSet::copy_custom(const InformerSet& other) {
  if (custom_) custom_->copy_from(*other.custom_);
}

void InformerSet::start() {
  for (auto& informer : informers_) informer->start();
}

void InformerSet::stop() {
  for (auto& informer : informers_) informer->stop();
  if (custom_) custom_->stop();
}

bool InformerSet::synced() const {
  for (const auto& informer : informers_)
    if (!informer->synced()) return false;
  return true;
}

void by_owner_uid(const ObjectPtr& object, std::vector<Str>& values) {
  if (const auto* owner = controller_of(object.meta())) values.push_back(owner->uid);
}

bool same_owners(const ObjectPtr& before, const ObjectPtr& after) {
  return before.meta().ownerReferences.same_block(after.meta().ownerReferences);
}

bool same_labels(const ObjectPtr& before, const ObjectPtr& after) {
  return before.meta().labels.same_block(after.meta().labels);
}

void by_node_name(const ObjectPtr& object, std::vector<Str>& values) {
  if (const auto* pod = object.as<api::core_v1::Pod>()) values.push_back(pod->spec.nodeName);
}

}  // namespace orrery::client
