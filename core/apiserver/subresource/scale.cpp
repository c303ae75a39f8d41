#include "core/apiserver/subresource/scale.h"

#include <nlohmann/json.hpp>

#include "core/api/custom/custom_type.h"
#include "core/api/gen/apps_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/api/label_text.h"
#include "core/base/text.h"

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
    out.status.selector = Str(api::labels_text(o->spec.selector, ","));
  else
    out.status.selector = Str(api::selector_text(o->spec.selector));
  return true;
}

template <class T>
bool write(api::MutableObject& object, int32_t replicas) {
  if (&object.type() != &api::desc<T>()) return false;
  object.as<T>().spec.replicas = replicas;
  return true;
}

// At the paths that the definition names. Source: apiextensions-apiserver pkg/registry/customresource/etcd.go
void read_custom(const api::ObjectPtr& object, api::autoscaling_v1::Scale& out) {
  const api::CustomType& type = *object.type().custom;
  nlohmann::json rest = api::rest_of(*static_cast<const api::CustomObject*>(object.data()));
  auto number = [&](const std::string& path) {
    const nlohmann::json* v = api::at_simple_path(rest, path);
    return v && v->is_number_integer() ? v->get<int32_t>() : 0;
  };
  out.spec.replicas = number(type.replicas_path());
  out.status.replicas = number(type.status_replicas_path());
  if (type.selector_path().empty()) return;
  const nlohmann::json* selector = api::at_simple_path(rest, type.selector_path());
  if (selector && selector->is_string()) out.status.selector = Str(selector->get<std::string>());
}

void write_custom(api::MutableObject& object, int32_t replicas) {
  auto& custom = *static_cast<api::CustomObject*>(object.data());
  nlohmann::json rest = api::rest_of(custom);
  nlohmann::json* at = &rest;
  for (const std::string& name : split(object.type().custom->replicas_path(), '.'))
    if (!name.empty()) at = &(*at)[name];
  *at = replicas;
  api::set_rest(custom, rest);
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
  if (object.type().custom) return read_custom(object, scale), scale;
  read<Deployment>(object, scale) || read<ReplicaSet>(object, scale) || read<StatefulSet>(object, scale) ||
      read<ReplicationController>(object, scale);
  return scale;
}

void set_replicas(api::MutableObject& object, int32_t n) {
  if (object.type().custom) return write_custom(object, n);
  write<Deployment>(object, n) || write<ReplicaSet>(object, n) || write<StatefulSet>(object, n) ||
      write<ReplicationController>(object, n);
}

}  // namespace orrery::apiserver
