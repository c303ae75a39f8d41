#include "core/apiserver/resources.h"

#include "core/api/custom/custom_type.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/gen/core_v1.h"
#include "core/apiserver/convert.h"

namespace orrery::apiserver {

namespace {

// Stored under another version, or before the definition changed. Versions differ only in their schema: conversion is
// "None". Source: apiextensions-apiserver pkg/apiserver/conversion/nop_converter.go; reads prune and default as writes
// do.
api::ObjectPtr from_other_version(const api::CustomType& type, const api::ObjectPtr& object) {
  api::MutableObject next(object);
  next.retype(type.type());
  auto& custom = *static_cast<api::CustomObject*>(next.data());
  api::prune_custom(type, custom, nullptr);
  api::default_custom(type, custom);
  return std::move(next).freeze();
}

const Str& node_of_pod(const api::ObjectPtr& object) { return object.as<api::core_v1::Pod>()->spec.nodeName; }

}  // namespace

const api::TypeDesc& storage_type(const KindInfo& kind) {
  if (kind.storage == "events") return api::desc<api::core_v1::Event>();
  if (kind.group == "autoscaling" && kind.kind == "HorizontalPodAutoscaler")
    return api::desc<api::autoscaling_v2::HorizontalPodAutoscaler>();
  return *kind.type;
}

std::string storage_resource(const KindInfo& kind) {
  if (!kind.storage.empty()) return std::string(kind.storage);
  return kind.group.empty() ? std::string(kind.plural) : cat(kind.group, '/', kind.plural);
}

bool is_stored(const KindInfo& kind) { return kind.verbs.find("list") != std::string_view::npos && !is_measured(kind); }

api::MutableObject to_storage(const KindInfo& kind, api::MutableObject object) {
  const api::TypeDesc& target = storage_type(kind);
  return &target == &object.type() ? std::move(object) : convert(std::move(object), target);
}

api::ObjectPtr from_storage(const KindInfo& kind, const api::ObjectPtr& object) {
  if (!object || kind.type == &object.type()) return object;
  if (kind.custom) return from_other_version(*kind.custom, object);
  return convert(api::MutableObject(object), *kind.type).freeze();
}

void declare_tables(store::Store& store) {
  for (const KindInfo& kind : api::all_kinds()) {
    if (!is_stored(kind)) continue;
    bool relaxed = kind.storage == "events" || kind.kind == "Lease";
    store.declare(storage_resource(kind), relaxed, kind.kind == "Pod" ? node_of_pod : nullptr);
  }
}

}  // namespace orrery::apiserver
