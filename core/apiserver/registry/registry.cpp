#include "core/apiserver/registry/registry.h"

#include <cstring>

#include "core/api/access.h"
#include "core/api/custom/custom_type.h"
#include "core/apiserver/registry/checks.h"
#include "core/apiserver/request_info.h"
#include "core/base/text.h"

namespace orrery::apiserver {

using api::MutableObject;
using api::ObjectPtr;
using api::meta_v1::ObjectMeta;

Registry::Registry(store::Store& store, Rng rng, RegistryOptions options)
    : store_(store), options_(std::move(options)) {
  state_.rng = rng;
  for (const KindInfo& kind : api::all_kinds())
    tables_.push_back(is_stored(kind) ? store_.table(storage_resource(kind)) : 0);
}

ObjectPtr Registry::get(const KindInfo& kind, const Str& ns, const Str& name) const {
  const store::Item* item = store_.get(table(kind), storage_key(kind, ns, name));
  return item ? from_storage(kind, item->object) : ObjectPtr();
}

ObjectPtr Registry::head(const KindInfo& kind, const Str& ns, const Str& name, Writer& writer) const {
  Str key = storage_key(kind, ns, name);
  store::TableId id = table(kind);
  if (store_.is_pending(id, key)) writer.after = store_.head_revision();
  const store::Item* item = store_.head(id, key);
  return item ? from_storage(kind, item->object) : ObjectPtr();
}

Result<Stored> Registry::write_new(const KindInfo& kind, const Str& key, MutableObject object, Writer& writer) {
  Stored out;
  out.created = true;
  if (writer.dry_run) {
    out.object = from_storage(kind, std::move(object).freeze());
    return out;
  }
  auto written = store_.create(table(kind), key, std::move(object), writer.cause);
  if (written.outcome == store::Store::Outcome::Exists)
    return already_exists(kind, Str(key.view().substr(key.view().rfind('/') + 1)));
  writer.after = written.revision;
  out.object = from_storage(kind, written.object);
  return out;
}

Result<Stored> Registry::write_next(const KindInfo& kind, const Str& key, MutableObject next, uint64_t expected,
                                    Writer& writer) {
  Stored out;
  if (writer.dry_run) {
    out.object = from_storage(kind, std::move(next).freeze());
    return out;
  }
  auto written = store_.update(table(kind), key, std::move(next), expected, writer.cause);
  ORRERY_CHECK(written.outcome == store::Store::Outcome::Ok, "the head was read in this task");
  writer.after = written.revision;
  out.object = from_storage(kind, written.object);
  return out;
}

Result<Stored> Registry::erase(const KindInfo& kind, const Str& key, const ObjectPtr& last, Writer& writer) {
  Stored out;
  out.deleted = true;
  out.object = from_storage(kind, last);
  if (writer.dry_run) return out;
  const Strategy& strategy = strategy_of(last.type());
  auto written = store_.remove(table(kind), key, 0, writer.cause);
  ORRERY_CHECK(written.outcome == store::Store::Outcome::Ok, "the head was read in this task");
  writer.after = written.revision;
  if (strategy.allocate) state_.allocations_known = false;  // freed: read again when next needed
  return out;
}

Stored Registry::put(const KindInfo& kind, const Str& ns, const Str& name, MutableObject next, Writer& writer) {
  return write_next(kind, storage_key(kind, ns, name), to_storage(kind, std::move(next)), 0, writer).value();
}

void Registry::generate_name(const KindInfo& kind, const Str& ns, MutableObject& object) {
  ObjectMeta& meta = object.meta();
  if (!meta.name.empty() || meta.generateName.empty()) return;
  // names.SimpleNameGenerator: at most 58 characters and five random ones; tried again while taken.
  for (int i = 0; i < 8; ++i) {
    meta.name = Str(cat(meta.generateName.view().substr(0, 58), state_.rng.suffix(5)));
    if (!store_.head(table(kind), storage_key(kind, ns, meta.name))) break;
  }
}

Result<Stored> Registry::create(const KindInfo& kind, const Str& ns, MutableObject object, Writer& writer) {
  ObjectMeta& meta = object.meta();
  if (kind.namespaced) {
    if (meta.namespace_.empty()) meta.namespace_ = ns;
    if (meta.namespace_ != ns)
      return bad_request("the namespace of the provided object does not match the namespace sent on the request");
  } else {
    meta.namespace_ = Str();
  }
  if (!meta.resourceVersion.empty() && meta.resourceVersion != "0") {
    Error e = make_error(Reason::Unknown, "resourceVersion should not be set on objects to be created");
    e.code = 500;
    return e;
  }
  meta.resourceVersion = Str();
  meta.selfLink = Str();
  meta.deletionTimestamp = WallTime();
  meta.deletionGracePeriodSeconds.reset();
  meta.creationTimestamp = writer.stamp();
  meta.uid = Str(state_.rng.uuid());
  meta.generation = 0;
  generate_name(kind, ns, object);
  MutableObject stored = to_storage(kind, std::move(object));
  const Strategy& strategy = strategy_of(stored.type());
  StrategyContext context{*this, writer, kind};
  if (kind.has_subresource("status") && kind.kind != "Node")  // a kubelet registers with its status (node strategy.go)
    clear_status(stored);
  if (strategy.generation) stored.meta().generation = 1;
  if (strategy.create) strategy.create(context, stored);
  Str name = stored.meta().name;
  if (auto bad = check_create(kind, stored); !bad.ok()) return bad.error();
  Str key = storage_key(kind, ns, name);
  if (store_.is_pending(table(kind), key)) writer.after = store_.head_revision();
  if (store_.head(table(kind), key)) return already_exists(kind, name);
  if (strategy.allocate)
    if (auto bad = strategy.allocate(context, stored, nullptr); !bad.ok()) return bad.error();
  return write_new(kind, key, std::move(stored), writer);
}

Result<Stored> Registry::update(const KindInfo& kind, const Str& ns, const Str& name, std::string_view subresource,
                                MutableObject next, Writer& writer) {
  Str key = storage_key(kind, ns, name);
  store::TableId id = table(kind);
  if (store_.is_pending(id, key)) writer.after = store_.head_revision();
  const store::Item* head = store_.head(id, key);
  const Strategy& strategy = strategy_of(storage_type(kind));
  ObjectMeta& meta = next.meta();
  if (meta.name.empty()) meta.name = name;
  if (meta.name != name)
    return bad_request(cat("the name of the object (", meta.name, ") does not match the name on the URL (", name, ")"));
  if (kind.namespaced) {
    if (meta.namespace_.empty()) meta.namespace_ = ns;
    if (meta.namespace_ != ns)
      return bad_request(cat("the namespace of the object (", meta.namespace_,
                             ") does not match the namespace on the URL (", ns, ")"));
  }
  if (!head) {
    if (!strategy.create_on_update || !subresource.empty()) return not_found(kind, name);
    meta.resourceVersion = Str();
    meta.uid = Str();
    return create(kind, ns, std::move(next), writer);
  }
  ObjectPtr old = head->object;
  uint64_t revision = head->revision;
  const ObjectMeta& old_meta = old.meta();
  if (!meta.uid.empty() && meta.uid != old_meta.uid)
    return conflict(
        kind, name,
        cat("Precondition failed: UID in precondition: ", meta.uid, ", UID in object meta: ", old_meta.uid));
  int64_t expected = 0;
  if (!meta.resourceVersion.empty()) {
    if (!parse_int64(meta.resourceVersion, expected))
      return invalid(kind, name,
                     {{"FieldValueInvalid",
                       cat("Invalid value: ", quoted(meta.resourceVersion), ": strconv.ParseUint: parsing ",
                           quoted(meta.resourceVersion), ": invalid syntax"),
                       "metadata.resourceVersion"}});
    if (expected != 0 && static_cast<uint64_t>(expected) != revision) return modified(kind, name);
  }
  if (expected == 0 && !strategy.unconditional_update)
    return invalid(
        kind, name,
        {{"FieldValueInvalid", "Invalid value: 0: must be specified for an update", "metadata.resourceVersion"}});

  MutableObject stored = to_storage(kind, std::move(next));
  keep_from_old(kind, subresource, stored, old);
  ObjectMeta& m = stored.meta();
  m.uid = old_meta.uid;
  m.creationTimestamp = old_meta.creationTimestamp;
  m.generation = old_meta.generation;
  m.selfLink = Str();
  m.resourceVersion = old_meta.resourceVersion;
  if (old_meta.deletionTimestamp.is_set()) m.deletionTimestamp = old_meta.deletionTimestamp;
  if (old_meta.deletionGracePeriodSeconds && !m.deletionGracePeriodSeconds)
    m.deletionGracePeriodSeconds = old_meta.deletionGracePeriodSeconds;
  if (!old_meta.deletionTimestamp.is_set()) m.deletionTimestamp = WallTime(), m.deletionGracePeriodSeconds.reset();
  const api::TypeDesc& type = stored.type();
  StrategyContext context{*this, writer, kind, subresource};
  if (strategy.update && subresource != "finalize") strategy.update(context, stored, old);
  if (strategy.generation && subresource != "status" && !same_but_status(type, stored.data(), old.data()))
    m.generation = old_meta.generation + 1;
  if (auto bad = check_update(kind, stored, old, subresource); !bad.ok()) return bad.error();
  if (strategy.allocate && subresource.empty())
    if (auto bad = strategy.allocate(context, stored, old); !bad.ok()) return bad.error();

  // The last finalizer of an object that is being deleted went: it goes too.
  bool graceful = old_meta.deletionGracePeriodSeconds.value_or(0) > 0;
  bool finished = m.deletionTimestamp.is_set() && m.finalizers.empty() && !graceful;
  if (finished && type.name == "Namespace") finished = !keeps_namespace(stored);
  if (finished) return erase(kind, key, std::move(stored).freeze(), writer);

  if (api::equal(type, stored.data(), old.data())) {  // nothing changes: no new revision
    Stored out;
    out.object = from_storage(kind, old);
    return out;
  }
  return write_next(kind, key, std::move(stored), revision, writer);
}

namespace {

Map<api::Raw>& rest_of(MutableObject& object) { return static_cast<api::CustomObject*>(object.data())->rest; }
const Map<api::Raw>& rest_of(const ObjectPtr& object) {
  return static_cast<const api::CustomObject*>(object.data())->rest;
}

void copy_member(const char* name, Map<api::Raw>& to, const Map<api::Raw>& from) {
  if (const api::Raw* value = from.find(name))
    to.set(name, *value);
  else
    to.erase(name);
}

}  // namespace

void clear_status(MutableObject& object) {
  if (object.type().custom) rest_of(object).erase("status");
  if (const api::Field* status = object.type().find("status")) clear(*status, api::member(object.data(), *status));
}

// What a request to the object, or to one of its subresources, can't change.
void keep_from_old(const KindInfo& kind, std::string_view subresource, MutableObject& next, const ObjectPtr& old) {
  const api::TypeDesc& type = next.type();
  ObjectMeta& meta = next.meta();
  if (subresource == "status" || subresource == "approval") {
    Map<api::Raw> sent = type.custom ? rest_of(next) : Map<api::Raw>();
    for (const api::Field& f : type)
      if (f.name != "metadata" && f.name != "status") copy_field(f, next.data(), old.data());
    if (type.custom) copy_member("status", rest_of(next), sent);
    meta.ownerReferences = old.meta().ownerReferences;
    return;
  }
  if (kind.has_subresource("status")) {
    if (const api::Field* status = type.find("status")) copy_field(*status, next.data(), old.data());
    if (type.custom) copy_member("status", rest_of(next), rest_of(old));
  }
  if (subresource.empty() || subresource == "scale") return;
  // These take one part of a pod's or namespace's spec and leave all else.
  MutableObject kept(old);
  kept.meta().resourceVersion = meta.resourceVersion;
  keep_part_of_spec(subresource, next, kept);
  next = std::move(kept);
}

void copy_field(const api::Field& f, void* to, const void* from) {
  void* t = api::member(to, f);
  const void* s = api::member(from, f);
  if (f.shape == api::Shape::List || f.shape == api::Shape::Map ||
      (f.shape == api::Shape::Optional && f.kind == api::Kind::Struct)) {
    api::as_list(t) = api::as_list(s);
    return;
  }
  const ElemOps* ops = nullptr;
  switch (f.kind) {
    case api::Kind::Bool:
      ops = f.shape == api::Shape::One ? &ElemOpsOf<bool>::value : &ElemOpsOf<std::optional<bool>>::value;
      break;
    case api::Kind::Int32:
      ops = f.shape == api::Shape::One ? &ElemOpsOf<int32_t>::value : &ElemOpsOf<std::optional<int32_t>>::value;
      break;
    case api::Kind::Int64:
      ops = f.shape == api::Shape::One ? &ElemOpsOf<int64_t>::value : &ElemOpsOf<std::optional<int64_t>>::value;
      break;
    case api::Kind::Double:
      ops = f.shape == api::Shape::One ? &ElemOpsOf<double>::value : &ElemOpsOf<std::optional<double>>::value;
      break;
    case api::Kind::String:
    case api::Kind::Bytes:
      ops = f.shape == api::Shape::One ? &ElemOpsOf<Str>::value : &ElemOpsOf<std::optional<Str>>::value;
      break;
    case api::Kind::Time:
    case api::Kind::MicroTime:
      ops = &ElemOpsOf<WallTime>::value;
      break;
    case api::Kind::Duration:
      ops = f.shape == api::Shape::One ? &ElemOpsOf<Duration>::value : &ElemOpsOf<std::optional<Duration>>::value;
      break;
    case api::Kind::Quantity:
      ops = f.shape == api::Shape::One ? &ElemOpsOf<Quantity>::value : &ElemOpsOf<std::optional<Quantity>>::value;
      break;
    case api::Kind::IntOrString:
      ops = f.shape == api::Shape::One ? &ElemOpsOf<api::IntOrString>::value
                                       : &ElemOpsOf<std::optional<api::IntOrString>>::value;
      break;
    case api::Kind::Raw:
      ops = &ElemOpsOf<api::Raw>::value;
      break;
    case api::Kind::StringList:
      ops = &ElemOpsOf<List<Str>>::value;
      break;
    case api::Kind::Struct:
      ops = &f.type->ops;
      break;
  }
  if (std::memcmp(t, s, ops->size) == 0) return;  // shares all parts already
  ops->destroy(t);
  ops->copy(t, s);
}

bool same_but_status(const api::TypeDesc& type, const void* a, const void* b) {
  // Compared by making the two differ in nothing else.
  MutableObject copy{ObjectPtr(type, std::shared_ptr<const void>(std::shared_ptr<void>(), a))};
  for (const api::Field& f : type)
    if (f.name == "metadata" || f.name == "status") copy_field(f, copy.data(), b);
  if (type.custom && type.custom->has_status())
    copy_member("status", rest_of(copy), static_cast<const api::CustomObject*>(b)->rest);
  return api::equal(type, copy.data(), b);
}

}  // namespace orrery::apiserver
