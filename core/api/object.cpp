#include "core/api/object.h"

#include <new>

#include "core/api/custom/custom_type.h"

namespace orrery::api {
namespace {

std::shared_ptr<void> allocate(const TypeDesc& type, const void* from) {
  void* memory = ::operator new(type.ops.size);
  if (from)
    type.ops.copy(memory, from);
  else
    type.ops.construct(memory);
  auto destroy = type.ops.destroy;
  auto free = [destroy](void* object) {
    destroy(object);
    ::operator delete(object);
  };
  if (!type.custom) return std::shared_ptr<void>(memory, free);
  // Objects of a custom type keep it alive: its definition may change or go while they travel.
  return std::shared_ptr<void>(memory,
                               [free, keep = type.custom->weak_from_this().lock()](void* object) { free(object); });
}

}  // namespace

MutableObject::MutableObject(const ObjectPtr& from) : type_(&from.type()), data_(allocate(*type_, from.data())) {
  ORRERY_CHECK(from.data() != nullptr, "there is an object to copy");
}
MutableObject::MutableObject(const TypeDesc& type) : type_(&type), data_(allocate(type, nullptr)) {}

void MutableObject::retype(const TypeDesc& type) {
  ORRERY_CHECK(type.ops.size == type_->ops.size && type.fields == type_->fields, "the types have the same layout");
  std::shared_ptr<void> old = std::move(data_);
  type_ = &type;
  data_ = allocate(type, old.get());
}

}  // namespace orrery::api
