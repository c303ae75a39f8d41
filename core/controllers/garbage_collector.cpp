#include "core/controllers/garbage_collector.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/controllers/kinds.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::meta_v1::ObjectMeta;
using api::meta_v1::OwnerReference;
using client::Attempt;
using client::Key;
using client::Plan;
using client::Write;

namespace {

constexpr const char* kOrphan = "orphan";
constexpr const char* kForeground = "foregroundDeletion";

bool ends_with_dependents(const ObjectMeta& meta) {
  return meta.deletionTimestamp && meta.finalizers.contains(kForeground);
}

void by_any_owner(const ObjectPtr& object, std::vector<Str>& values) {
  for (const OwnerReference& ref : object.meta().ownerReferences) values.push_back(ref.uid);
}

ObjectPtr without_owners(const ObjectPtr& object, const std::vector<Str>& uids) {
  api::MutableObject copy(object);
  copy.meta().ownerReferences.erase_if([&](const OwnerReference& ref) {
    for (const Str& uid : uids)
      if (ref.uid == uid) return true;
    return false;
  });
  return std::move(copy).freeze();
}

ObjectPtr without_finalizer(const ObjectPtr& object, const char* finalizer) {
  api::MutableObject copy(object);
  copy.meta().finalizers.erase_if([&](const Str& f) { return f == finalizer; });
  return std::move(copy).freeze();
}

// "group" of "group/version"; "" for core.
std::string_view group_of(std::string_view api_version) {
  size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

// No owner has to wait for this object any more.
ObjectPtr unblocked(const ObjectPtr& object) {
  api::MutableObject copy(object);
  List<OwnerReference>& refs = copy.meta().ownerReferences;
  for (uint32_t i = 0; i < refs.size(); ++i) refs.mut(i).blockOwnerDeletion = false;
  return std::move(copy).freeze();
}

Plan let_dependents_go(const GarbageView& view) {
  Plan plan;
  const ObjectMeta& meta = view.object.meta();
  for (const ObjectPtr& dependent : view.dependents)
    plan.writes.push_back(
        client::update(without_owners(dependent, {meta.uid}),
                       cat(meta.name, " is deleted without its dependents: letting ", dependent.meta().name, " go")));
  Write w = client::update(without_finalizer(view.object, kOrphan), cat(meta.name, " has let its dependents go"));
  w.stage = plan.next_stage();
  plan.writes.push_back(std::move(w));
  return plan;
}

Plan wait_for_dependents(const GarbageView& view) {
  Plan plan;
  const ObjectMeta& meta = view.object.meta();
  for (const ObjectPtr& dependent : view.dependents)
    for (const OwnerReference& ref : dependent.meta().ownerReferences)
      if (ref.uid == meta.uid && ref.blockOwnerDeletion.value_or(false)) return plan;
  plan.writes.push_back(client::update(without_finalizer(view.object, kForeground),
                                       cat("all that ", meta.name, " owned is gone: it may go too")));
  return plan;
}

}  // namespace

Plan plan_garbage(const GarbageView& view) {
  Plan plan;
  const ObjectMeta& meta = view.object.meta();
  if (meta.deletionTimestamp) {
    if (meta.finalizers.contains(kOrphan)) return let_dependents_go(view);
    if (meta.finalizers.contains(kForeground)) return wait_for_dependents(view);
    return plan;
  }
  std::vector<Str> gone, waiting;
  bool solid = false;
  Str gone_name;
  for (const OwnerView& owner : view.owners) {
    if (!owner.kind) return plan;  // an unknown kind may well exist
    if (owner.object && owner.object.meta().uid == owner.ref.uid) {
      if (ends_with_dependents(owner.object.meta()))
        waiting.push_back(owner.ref.uid);
      else
        solid = true;
      continue;
    }
    gone.push_back(owner.ref.uid);
    gone_name = cat(owner.ref.kind, " ", owner.ref.name);
    // The cache may lag: the server must say so too.
    Write check;
    check.op = Write::Op::CheckAbsent;
    check.kind = owner.kind;
    check.key = owner.key;
    check.removal.uid = owner.ref.uid;
    check.why = cat("is the owner of ", meta.name, " gone?");
    plan.writes.push_back(std::move(check));
  }
  if (solid) {
    if (gone.empty() && waiting.empty()) return plan;
    std::vector<Str> uids = gone;
    uids.insert(uids.end(), waiting.begin(), waiting.end());
    Write w = client::update(without_owners(view.object, uids), cat(meta.name, " has lost one of its owners"));
    w.stage = plan.next_stage();
    plan.writes.push_back(std::move(w));
    return plan;
  }
  if (gone.empty() && waiting.empty()) return plan;
  // A dependent that waits for its own dependents may wait for this very object: a circle of owners, broken here.
  bool circle = false;
  for (const ObjectPtr& d : view.dependents) circle = circle || (!waiting.empty() && ends_with_dependents(d.meta()));
  if (circle) {
    Write free = client::update(unblocked(view.object), cat(meta.name, " and its owners wait for each other"));
    free.stage = plan.next_stage();
    plan.writes.push_back(std::move(free));
  }
  Write w = client::remove(view.object, waiting.empty() ? Str(cat("its owner ", gone_name, " is gone"))
                                                        : Str(cat("the owner of ", meta.name, " is being deleted")));
  if (!waiting.empty() && !view.dependents.empty())
    w.removal.propagation = "Foreground";
  else
    w.removal.propagation = meta.finalizers.contains(kOrphan)       ? "Orphan"
                            : meta.finalizers.contains(kForeground) ? "Foreground"
                                                                    : "Background";
  w.stage = plan.next_stage();
  plan.writes.push_back(std::move(w));
  return plan;
}

void GarbageCollector::setup(client::InformerSet& informers) {
  for (const api::KindInfo* kind : deletable_kinds()) on_kind(informers.of(*kind));
  informers.custom().add_listener(*this);
}

// Keys name an informer by its place: places are kept.
void GarbageCollector::on_kind(client::Informer& informer) {
  if (std::find(informers_.begin(), informers_.end(), &informer) == informers_.end()) informers_.push_back(&informer);
  informer.add_index(by_any_owner, client::same_owners);
  informer.add_handler(*this);
}

Key GarbageCollector::key_for(const client::Informer& informer, const ObjectPtr& object) const {
  size_t i = 0;
  while (informers_[i] != &informer) ++i;
  return {object.meta().namespace_, cat(i, "/", object.meta().name)};
}

void GarbageCollector::enqueue_dependents(const Str& uid) {
  for (client::Informer* informer : informers_)
    for (const ObjectPtr& dependent : informer->lookup(by_any_owner, uid)) queue().add(key_for(*informer, dependent));
}

void GarbageCollector::enqueue_owners(const ObjectPtr& object) {
  for (const OwnerReference& ref : object.meta().ownerReferences) {
    const client::Informer* informer = informer_of(ref.apiVersion, ref.kind);
    if (!informer) continue;
    const ObjectPtr& owner = informer->find({informer->kind().namespaced ? object.meta().namespace_ : Str(), ref.name});
    if (owner && owner.meta().deletionTimestamp) queue().add(key_for(*informer, owner));
  }
}

void GarbageCollector::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                 const ObjectPtr& after) {
  if (!after) {
    enqueue_dependents(before.meta().uid);
    enqueue_owners(before);
    return;
  }
  const ObjectMeta& now = after.meta();
  bool owners_changed = before ? !(before.meta().ownerReferences == now.ownerReferences) : !now.ownerReferences.empty();
  bool ends = now.deletionTimestamp && (now.finalizers.contains(kOrphan) || now.finalizers.contains(kForeground));
  bool began = ends && !(before && before.meta().deletionTimestamp && before.meta().finalizers == now.finalizers);
  if (owners_changed || began) queue().add(key_for(informer, after));
  if (owners_changed && before) enqueue_owners(before);
  if (began && now.finalizers.contains(kForeground)) enqueue_dependents(now.uid);
}

const client::Informer* GarbageCollector::informer_of(std::string_view api_version, std::string_view kind) const {
  for (const client::Informer* informer : informers_)
    if (informer->running() && informer->kind().kind == kind && informer->kind().group == group_of(api_version))
      return informer;
  return nullptr;
}

std::vector<ObjectPtr> GarbageCollector::dependents_of(const Str& uid) const {
  std::vector<ObjectPtr> out;
  for (const client::Informer* informer : informers_)
    for (ObjectPtr& dependent : informer->lookup(by_any_owner, uid)) out.push_back(std::move(dependent));
  return out;
}

Plan GarbageCollector::plan(const Key& key, const Attempt&) {
  size_t slash = key.name.view().find('/');
  int64_t index = 0;
  parse_int64(key.name.view().substr(0, slash), index);
  GarbageView view;
  view.object = informers_[static_cast<size_t>(index)]->find({key.ns, key.name.view().substr(slash + 1)});
  if (!view.object) return {};
  const ObjectMeta& meta = view.object.meta();
  bool waits = false;
  for (const OwnerReference& ref : meta.ownerReferences) {
    OwnerView owner;
    owner.ref = ref;
    const client::Informer* informer = informer_of(ref.apiVersion, ref.kind);
    // A cluster-wide object can't have an owner in a namespace: such a reference leads nowhere and is left alone.
    if (informer && !(informer->kind().namespaced && meta.namespace_.empty())) {
      owner.kind = &informer->kind();
      owner.key = {informer->kind().namespaced ? meta.namespace_ : Str(), ref.name};
      owner.object = informer->find(owner.key);
      waits |= owner.object && ends_with_dependents(owner.object.meta());
    }
    view.owners.push_back(std::move(owner));
  }
  if (meta.deletionTimestamp || waits) view.dependents = dependents_of(meta.uid);
  return plan_garbage(view);
}

}  // namespace orrery::controllers
