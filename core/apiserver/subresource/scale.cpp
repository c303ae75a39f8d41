#include "core/apiserver/subresource/scale.h"

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/apiserver/label_text.h"

namespace orrery::apiserver {

namespace {

using namespace api::apps_v1;
using api::core_v1::ReplicationController;

template <class T>
bool read(const api::ObjectPtr& object, api::autoscaling_v1::Scale& out) {
  auto* o = object.as<T>();
  if (!o) return false;
  out.spec.replicas = o->spec.replicas.value_or(1);
  out.status.replicas = o->status.replicas;
  if constexpr (std::is_same_v<T, ReplicationController>)
    out.status.selector = Str(labels_text(o->spec.selector, ","));
  else
    out.status.selector = Str(selector_text(o->spec.selector));
  return true;
}

template <class T>
bool write(api::MutableObject& object, int32_t replicas) {
  if (&object.type() != &api::desc<T>()) return false;
  object.as<T>().spec.replicas = replicas;
  return true;
}

}  // namespace

api::autoscaling_v1::Scale scale_of(const api::ObjectPtr& object) {
  api::autoscaling_v1::Scale scale;
  const auto& meta = object.meta();
  scale.metadata.name = meta.name;
  scale.metadata.namespace_ = meta.namespace_;
  scale.metadata.uid = meta.uid;
  scale.metadata.resourceVersion = meta.resourceVersion;
  scale.metadata.creationTimestamp = meta.creationTimestamp;
  read<Deployment>(object, scale) || read<ReplicaSet>(object, scale) || read<StatefulSet>(object, scale) ||
      read<ReplicationController>(object, scale);
  return scale;
}

void set_replicas(api::MutableObject& object, int32_t n) {
  write<Deployment>(object, n) || write<ReplicaSet>(object, n) || write<StatefulSet>(object, n) ||
      write<ReplicationController>(object, n);
}

}  // namespace orrery::apiserver
