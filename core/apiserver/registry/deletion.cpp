// Deletion: preconditions, grace, finalizers, propagation. Source: apiserver pkg/registry/rest/delete.go,
// pkg/registry/generic/registry/store.go (Delete, updateForGracefulDeletionAndFinalizers).
#include "core/api/gen/core_v1.h"
#include "core/apiserver/registry/registry.h"

namespace orrery::apiserver {

using api::MutableObject;
using api::ObjectPtr;
using api::meta_v1::DeleteOptions;
using api::meta_v1::ObjectMeta;

namespace {

constexpr std::string_view kOrphan = "orphan", kForeground = "foregroundDeletion";

bool wants_orphans(const DeleteOptions& o, const ObjectMeta& meta, bool by_default) {
  if (o.orphanDependents) return *o.orphanDependents;
  if (o.propagationPolicy) return *o.propagationPolicy == "Orphan";
  for (const Str& f : meta.finalizers) {
    if (f == kOrphan) return true;
    if (f == kForeground) return false;
  }
  return by_default;
}

bool wants_foreground(const DeleteOptions& o, const ObjectMeta& meta) {
  if (o.orphanDependents) return false;
  if (o.propagationPolicy) return *o.propagationPolicy == "Foreground";
  for (const Str& f : meta.finalizers) {
    if (f == kForeground) return true;
    if (f == kOrphan) return false;
  }
  return false;
}

List<Str> finalizers_for(const DeleteOptions& o, const ObjectMeta& meta, bool orphans_by_default) {
  List<Str> out;
  for (const Str& f : meta.finalizers)
    if (f != kOrphan && f != kForeground) out.push_back(f);
  if (wants_orphans(o, meta, orphans_by_default)) out.push_back(Str(kOrphan));
  if (wants_foreground(o, meta)) out.push_back(Str(kForeground));
  return out;
}

}  // namespace

Result<Stored> Registry::remove(const KindInfo& kind, const Str& ns, const Str& name, DeleteOptions options,
                                Writer& writer) {
  Str key = storage_key(kind, ns, name);
  store::TableId id = table(kind);
  if (store_.is_pending(id, key)) writer.after = store_.head_revision();
  const store::Item* head = store_.head(id, key);
  if (!head) return not_found(kind, name);
  ObjectPtr object = head->object;
  const ObjectMeta& meta = object.meta();
  if (options.preconditions) {
    const auto& p = *options.preconditions;
    if (p.uid && *p.uid != meta.uid)
      return conflict(kind, name,
                      cat("Precondition failed: UID in precondition: ", *p.uid, ", UID in object meta: ", meta.uid));
    if (p.resourceVersion && *p.resourceVersion != meta.resourceVersion)
      return conflict(kind, name,
                      cat("Precondition failed: ResourceVersion in precondition: ", *p.resourceVersion,
                          ", ResourceVersion in object meta: ", meta.resourceVersion));
  }
  if (options.orphanDependents && options.propagationPolicy)
    return invalid(kind, name,
                   {{"FieldValueInvalid",
                     cat("Invalid value: \"", *options.propagationPolicy,
                         "\": orphanDependents and deletionPropagation cannot be both set"),
                     "propagationPolicy"}});
  if (options.gracePeriodSeconds && *options.gracePeriodSeconds < 0) options.gracePeriodSeconds = 1;
  const Strategy& strategy = strategy_of(object.type());

  if (auto* namespace_ = object.as<api::core_v1::Namespace>()) {
    if (!meta.deletionTimestamp.is_set()) {
      MutableObject next(object);
      next.meta().deletionTimestamp = writer.stamp();
      next.as<api::core_v1::Namespace>().status.phase = "Terminating";
      next.meta().finalizers = finalizers_for(options, meta, false);
      return write_next(kind, key, std::move(next), 0, writer);
    }
    if (!namespace_->spec.finalizers.empty()) {
      Stored out;
      out.object = object;
      return out;
    }
  }

  bool deleting = meta.deletionTimestamp.is_set();
  MutableObject next(object);
  ObjectMeta& m = next.meta();
  m.finalizers = finalizers_for(options, meta, strategy.orphans);
  if (strategy.begin_deletion && !deleting) strategy.begin_deletion({*this, writer, kind}, next);
  bool graceful = false;
  if (strategy.grace) {
    if (deleting && meta.deletionGracePeriodSeconds) {
      int64_t left = *meta.deletionGracePeriodSeconds;
      int64_t asked = options.gracePeriodSeconds.value_or(left);
      if (left > 0 && asked >= left) {  // already being deleted, and not to be faster
        Stored out;
        out.object = from_storage(kind, object);
        return out;
      }
      graceful = left > 0;
      if (graceful) {
        m.deletionTimestamp = meta.deletionTimestamp - seconds(left) + seconds(asked);
        m.deletionGracePeriodSeconds = asked;
      }
    } else if (!deleting) {
      int64_t period = strategy.grace(object, options.gracePeriodSeconds);
      graceful = true;
      m.deletionTimestamp = writer.stamp() + seconds(period);
      m.deletionGracePeriodSeconds = period;
      if (m.generation > 0) ++m.generation;
    }
  }
  bool kept = !m.finalizers.empty();
  bool waits = graceful && *m.deletionGracePeriodSeconds > 0;
  if (!kept && !waits) {
    if (!graceful) return erase(kind, key, object, writer);
    return erase(kind, key, std::move(next).freeze(), writer);
  }
  if (!graceful) {  // only finalizers keep it
    if (!deleting) {
      m.deletionTimestamp = writer.stamp();
      if (m.generation > 0) ++m.generation;
    }
    m.deletionGracePeriodSeconds = 0;
  }
  if (api::equal(next.type(), next.data(), object.data())) {
    Stored out;
    out.object = from_storage(kind, object);
    return out;
  }
  return write_next(kind, key, std::move(next), 0, writer);
}

}  // namespace orrery::apiserver
