// ObjectPtr: an immutable API object of any kind, shared by store, informers and requests.
#pragma once

#include <memory>
#include <utility>

#include "core/api/gen/meta_v1.h"
#include "core/api/reflect.h"

namespace orrery::api {

class ObjectPtr {
 public:
  ObjectPtr() = default;
  ObjectPtr(std::nullptr_t) {}
  ObjectPtr(const TypeDesc& type, std::shared_ptr<const void> data) : type_(&type), data_(std::move(data)) {}
  template <class T>
  ObjectPtr(std::shared_ptr<const T> object) : type_(object ? &desc<T>() : nullptr), data_(std::move(object)) {}
  template <class T>
  ObjectPtr(std::shared_ptr<T> object) : ObjectPtr(std::shared_ptr<const T>(std::move(object))) {}

  explicit operator bool() const { return data_ != nullptr; }
  const TypeDesc& type() const { return *type_; }
  const void* data() const { return data_.get(); }
  const std::shared_ptr<const void>& shared() const { return data_; }

  template <class T>
  bool is() const {
    return type_ == &desc<T>();
  }
  // The object as a T, or null when it is another kind.
  template <class T>
  const T* as() const {
    return data_ && is<T>() ? static_cast<const T*>(data_.get()) : nullptr;
  }
  template <class T>
  std::shared_ptr<const T> get() const {
    return data_ && is<T>() ? std::static_pointer_cast<const T>(data_) : nullptr;
  }
  // REQUIRES: type().has_object_meta
  const meta_v1::ObjectMeta& meta() const {
    ORRERY_CHECK(data_ && type_->has_object_meta, "the object has metadata");
    return *static_cast<const meta_v1::ObjectMeta*>(data_.get());
  }
  friend bool same(const ObjectPtr& a, const ObjectPtr& b) { return a.data_ == b.data_; }

 private:
  const TypeDesc* type_ = nullptr;
  std::shared_ptr<const void> data_;
};

// Makes an object to keep from a value: make_object(std::move(pod)).
template <class T>
ObjectPtr make_object(T value) {
  return ObjectPtr(std::make_shared<const T>(std::move(value)));
}

// A writable copy of an object of any kind (cheap: its parts stay shared until written).
class MutableObject {
 public:
  explicit MutableObject(const ObjectPtr& from);
  explicit MutableObject(const TypeDesc& type);  // value-initialised
  void* data() { return data_.get(); }
  const void* data() const { return data_.get(); }
  const TypeDesc& type() const { return *type_; }
  meta_v1::ObjectMeta& meta() {
    ORRERY_CHECK(type_->has_object_meta, "the object has metadata");
    return *static_cast<meta_v1::ObjectMeta*>(data_.get());
  }
  const meta_v1::ObjectMeta& meta() const { return const_cast<MutableObject*>(this)->meta(); }
  template <class T>
  T& as() {
    ORRERY_CHECK(type_ == &desc<T>(), "the object is of this type");
    return *static_cast<T*>(data_.get());
  }
  // Calls the object one of another type with the same layout: another version of a custom resource.
  void retype(const TypeDesc& type);
  ObjectPtr freeze() && { return ObjectPtr(*type_, std::move(data_)); }

 private:
  const TypeDesc* type_;
  std::shared_ptr<void> data_;
};

}  // namespace orrery::api
