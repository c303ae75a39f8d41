#include "core/api/reflect.h"

#include <cstring>

#include "core/api/access.h"

namespace orrery::api {
namespace {

template <class T>
const void* get(const void* at) {
  const auto& o = *static_cast<const std::optional<T>*>(at);
  return o ? &*o : nullptr;
}
template <class T>
void* mut(void* at) {
  auto& o = *static_cast<std::optional<T>*>(at);
  if (!o) o.emplace();
  return &*o;
}

}  // namespace

const Field* TypeDesc::find(std::string_view json_name, const void** at) const {
  for (const Field& f : *this) {
    if (!f.has(kInline)) {
      if (f.name == json_name) return &f;
      continue;
    }
    if (!f.type) continue;
    const void* inner = at ? member(*at, f) : nullptr;
    if (const Field* found = f.type->find(json_name, at ? &inner : nullptr)) {
      if (at) *at = inner;
      return found;
    }
  }
  return nullptr;
}

const Field* TypeDesc::rest() const {
  for (const Field& f : *this)
    if (f.has(kInline) && f.shape == Shape::Map) return &f;
  return nullptr;
}

bool equal_field(const Field& f, const void* a, const void* b) {
  if (f.shape == Shape::One) return equal_value(f.kind, f.type, a, b);
  if (f.shape == Shape::Optional) {
    const void* x = optional_get(f, a);
    const void* y = optional_get(f, b);
    return x == y || (x && y && equal_value(f.kind, f.type, x, y));
  }
  const ListBase& x = as_list(a);
  const ListBase& y = as_list(b);
  if (x.same_block(y)) return true;
  if (x.size() != y.size()) return false;
  for (uint32_t i = 0; i < x.size(); ++i) {
    const void* p = x.raw_at(i);
    const void* q = y.raw_at(i);
    if (f.shape == Shape::Map) {
      if (!(entry_key(p) == entry_key(q))) return false;
      p = entry_value(f, p);
      q = entry_value(f, q);
    }
    if (!equal_value(f.kind, f.type, p, q)) return false;
  }
  return true;
}

bool equal_value(Kind kind, const TypeDesc* type, const void* a, const void* b) {
  switch (kind) {
    case Kind::Bool:
      return as<bool>(a) == as<bool>(b);
    case Kind::Int32:
      return as<int32_t>(a) == as<int32_t>(b);
    case Kind::Int64:
      return as<int64_t>(a) == as<int64_t>(b);
    case Kind::Double:
      return as<double>(a) == as<double>(b);
    case Kind::String:
    case Kind::Bytes:
      return as<Str>(a) == as<Str>(b);
    case Kind::Time:
    case Kind::MicroTime:
      return as<WallTime>(a) == as<WallTime>(b);
    case Kind::Duration:
      return as<orrery::Duration>(a) == as<orrery::Duration>(b);
    case Kind::Quantity:
      return as<orrery::Quantity>(a) == as<orrery::Quantity>(b);
    case Kind::IntOrString:
      return as<api::IntOrString>(a) == as<api::IntOrString>(b);
    case Kind::Raw:
      return as<api::Raw>(a) == as<api::Raw>(b);
    case Kind::StringList:
      return as<List<Str>>(a) == as<List<Str>>(b);
    case Kind::Struct:
      return equal(*type, a, b);
  }
  return false;
}

bool equal(const TypeDesc& type, const void* a, const void* b) {
  // What shares all its parts is the same in memory, too.
  if (a == b || std::memcmp(a, b, type.ops.size) == 0) return true;
  for (const Field& f : type)
    if (!equal_field(f, member(a, f), member(b, f))) return false;
  return true;
}

const void* optional_get(const Field& f, const void* at) {
  switch (f.kind) {
    case Kind::Bool:
      return get<bool>(at);
    case Kind::Int32:
      return get<int32_t>(at);
    case Kind::Int64:
      return get<int64_t>(at);
    case Kind::Double:
      return get<double>(at);
    case Kind::String:
    case Kind::Bytes:
      return get<Str>(at);
    case Kind::Duration:
      return get<orrery::Duration>(at);
    case Kind::Quantity:
      return get<orrery::Quantity>(at);
    case Kind::IntOrString:
      return get<api::IntOrString>(at);
    case Kind::StringList:
      return get<List<Str>>(at);
    case Kind::Struct:
      return as_list(at).empty() ? nullptr : as_list(at).raw_at(0);
    case Kind::Time:
    case Kind::MicroTime:
    case Kind::Raw:
      break;  // always Shape::One
  }
  return nullptr;
}

void* optional_mut(const Field& f, void* at) {
  switch (f.kind) {
    case Kind::Bool:
      return mut<bool>(at);
    case Kind::Int32:
      return mut<int32_t>(at);
    case Kind::Int64:
      return mut<int64_t>(at);
    case Kind::Double:
      return mut<double>(at);
    case Kind::String:
    case Kind::Bytes:
      return mut<Str>(at);
    case Kind::Duration:
      return mut<orrery::Duration>(at);
    case Kind::Quantity:
      return mut<orrery::Quantity>(at);
    case Kind::IntOrString:
      return mut<api::IntOrString>(at);
    case Kind::StringList:
      return mut<List<Str>>(at);
    case Kind::Struct: {
      ListBase& box = as_list(at);
      return box.empty() ? box.raw_insert(0, *f.elem) : box.raw_mut(0);
    }
    case Kind::Time:
    case Kind::MicroTime:
    case Kind::Raw:
      break;
  }
  ORRERY_CHECK(false, "times and raw values are never of Shape::Optional");
}

void optional_clear(const Field& f, void* at) {
  switch (f.kind) {
    case Kind::Bool:
      as<std::optional<bool>>(at).reset();
      break;
    case Kind::Int32:
      as<std::optional<int32_t>>(at).reset();
      break;
    case Kind::Int64:
      as<std::optional<int64_t>>(at).reset();
      break;
    case Kind::Double:
      as<std::optional<double>>(at).reset();
      break;
    case Kind::String:
    case Kind::Bytes:
      as<std::optional<Str>>(at).reset();
      break;
    case Kind::Duration:
      as<std::optional<orrery::Duration>>(at).reset();
      break;
    case Kind::Quantity:
      as<std::optional<orrery::Quantity>>(at).reset();
      break;
    case Kind::IntOrString:
      as<std::optional<api::IntOrString>>(at).reset();
      break;
    case Kind::StringList:
      as<std::optional<List<Str>>>(at).reset();
      break;
    case Kind::Struct:
      as_list(at).clear();
      break;
    case Kind::Time:
    case Kind::MicroTime:
    case Kind::Raw:
      break;
  }
}

uint32_t map_lower_bound(const ListBase& map, std::string_view key, bool& found) {
  uint32_t lo = 0, hi = map.size();
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    if (entry_key(map.raw_at(mid)).view() < key)
      lo = mid + 1;
    else
      hi = mid;
  }
  found = lo < map.size() && entry_key(map.raw_at(lo)).view() == key;
  return lo;
}

void* map_mut(const Field& f, void* at, Str key) {
  ListBase& map = as_list(at);
  bool found = false;
  uint32_t i = map_lower_bound(map, key, found);
  void* entry = found ? map.raw_mut(i) : map.raw_insert(i, *f.elem);
  if (!found) as<Str>(entry) = std::move(key);
  return entry_value(f, entry);
}

bool is_empty(const Field& f, const void* at) {
  switch (f.shape) {
    case Shape::List:
    case Shape::Map:
      return as_list(at).empty();
    case Shape::Optional:
      return optional_get(f, at) == nullptr;
    case Shape::One:
      break;
  }
  switch (f.kind) {
    case Kind::Bool:
      return !as<bool>(at);
    case Kind::Int32:
      return as<int32_t>(at) == 0;
    case Kind::Int64:
      return as<int64_t>(at) == 0;
    case Kind::Double:
      return as<double>(at) == 0;
    case Kind::String:
    case Kind::Bytes:
      return as<Str>(at).empty();
    case Kind::Time:
    case Kind::MicroTime:
      return !as<WallTime>(at).is_set();
    case Kind::Raw:
      return as<api::Raw>(at).json.empty();
    case Kind::StringList:
      return as<List<Str>>(at).empty();
    case Kind::Duration:
    case Kind::Quantity:
    case Kind::IntOrString:
    case Kind::Struct:
      return false;  // Go's omitempty never drops a struct
  }
  return false;
}

void clear(const Field& f, void* at) {
  switch (f.shape) {
    case Shape::List:
    case Shape::Map:
      as_list(at).clear();
      return;
    case Shape::Optional:
      optional_clear(f, at);
      return;
    case Shape::One:
      break;
  }
  switch (f.kind) {
    case Kind::Bool:
      as<bool>(at) = false;
      break;
    case Kind::Int32:
      as<int32_t>(at) = 0;
      break;
    case Kind::Int64:
      as<int64_t>(at) = 0;
      break;
    case Kind::Double:
      as<double>(at) = 0;
      break;
    case Kind::String:
    case Kind::Bytes:
      as<Str>(at) = Str();
      break;
    case Kind::Time:
    case Kind::MicroTime:
      as<WallTime>(at) = WallTime{};
      break;
    case Kind::Duration:
      as<orrery::Duration>(at) = {};
      break;
    case Kind::Quantity:
      as<orrery::Quantity>(at) = orrery::Quantity();
      break;
    case Kind::IntOrString:
      as<api::IntOrString>(at) = {};
      break;
    case Kind::Raw:
      as<api::Raw>(at) = {};
      break;
    case Kind::StringList:
      as<List<Str>>(at).clear();
      break;
    case Kind::Struct:
      f.type->ops.destroy(at);
      f.type->ops.construct(at);
      break;
  }
}

const TypeDesc* find_type(std::string_view group_version, std::string_view name) {
  TypeTable types = all_types();
  const TypeDesc* const* lo = types.begin();
  const TypeDesc* const* hi = types.end();
  while (lo < hi) {
    const TypeDesc* const* mid = lo + (hi - lo) / 2;
    int order = (*mid)->group_version.compare(group_version);
    if (order == 0) order = (*mid)->name.compare(name);
    if (order == 0) return *mid;
    if (order < 0)
      lo = mid + 1;
    else
      hi = mid;
  }
  return nullptr;
}

}  // namespace orrery::api
