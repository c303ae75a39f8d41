#include "core/api/object.h"

#include <new>

namespace orrery::api {
namespace {

std::shared_ptr<void> allocate(const TypeDesc& type, const void* from) {
  void* memory = ::operator new(type.ops.size);
  if (from)
    type.ops.copy(memory, from);
  else
    type.ops.construct(memory);
  auto destroy = type.ops.destroy;
  return std::shared_ptr<void>(memory, [destroy](void* object) {
    destroy(object);
    ::operator delete(object);
  });
}

}  // namespace

MutableObject::MutableObject(const ObjectPtr& from) : type_(&from.type()), data_(allocate(*type_, from.data())) {
  ORRERY_CHECK(from.data() != nullptr, "there is an object to copy");
}
MutableObject::MutableObject(const TypeDesc& type) : type_(&type), data_(allocate(type, nullptr)) {}

}  // namespace orrery::api
