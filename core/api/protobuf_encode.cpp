#include <cstring>

#include "core/api/access.h"
#include "core/api/protobuf.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

void message(const TypeDesc& type, const void* object, std::string& out);

void put_time(std::string& out, uint32_t tag, WallTime t) {
  std::string in;
  if (t.is_set()) {
    int64_t seconds = t.ns / 1'000'000'000, nanos = t.ns % 1'000'000'000;
    if (nanos < 0) --seconds, nanos += 1'000'000'000;
    put_varint_field(in, 1, static_cast<uint64_t>(seconds));
    put_varint_field(in, 2, static_cast<uint64_t>(nanos));
  }
  put_bytes_field(out, tag, in);
}

void value(const Field& f, uint32_t tag, const void* at, std::string& out) {
  std::string in;
  switch (f.kind) {
    case Kind::Bool: put_varint_field(out, tag, as<bool>(at)); return;
    case Kind::Int32: put_varint_field(out, tag, static_cast<uint64_t>(static_cast<int64_t>(as<int32_t>(at)))); return;
    case Kind::Int64: put_varint_field(out, tag, static_cast<uint64_t>(as<int64_t>(at))); return;
    case Kind::Double: {
      uint64_t bits;
      std::memcpy(&bits, at, sizeof bits);
      put_varint(out, tag << 3 | 1);
      for (int i = 0; i < 8; ++i, bits >>= 8) out += static_cast<char>(bits & 255);
      return;
    }
    case Kind::String:
    case Kind::Bytes: put_bytes_field(out, tag, as<Str>(at)); return;
    case Kind::Time:
    case Kind::MicroTime: put_time(out, tag, as<WallTime>(at)); return;
    case Kind::Duration: put_varint_field(in, 1, static_cast<uint64_t>(as<orrery::Duration>(at).ns)); break;
    case Kind::Quantity: put_bytes_field(in, 1, as<orrery::Quantity>(at).str()); break;
    case Kind::IntOrString: {
      const auto& v = as<api::IntOrString>(at);
      put_varint_field(in, 1, v.is_string);
      put_varint_field(in, 2, static_cast<uint64_t>(static_cast<int64_t>(v.number)));
      put_bytes_field(in, 3, v.text);
      break;
    }
    case Kind::Raw: put_bytes_field(in, 1, as<api::Raw>(at).json); break;
    case Kind::StringList:
      for (const Str& s : as<List<Str>>(at)) put_bytes_field(in, 1, s);
      break;
    case Kind::Struct: message(*f.type, at, in); break;
  }
  put_bytes_field(out, tag, in);
}

void message(const TypeDesc& type, const void* object, std::string& out) {
  for (const Field& f : type) {
    if (f.tag == 0) continue;
    const void* at = member(object, f);
    switch (f.shape) {
      case Shape::One:
        // Pointers and bytes that are absent are left out; other values are written as Go's generated code does.
        if (f.has(kPointer) && is_empty(f, at)) break;
        if ((f.kind == Kind::Bytes || f.kind == Kind::Raw) && is_empty(f, at)) break;
        value(f, f.tag, at, out);
        break;
      case Shape::Optional:
        if (const void* v = optional_get(f, at)) value(f, f.tag, v, out);
        break;
      case Shape::List:
        for (uint32_t i = 0; i < as_list(at).size(); ++i) value(f, f.tag, as_list(at).raw_at(i), out);
        break;
      case Shape::Map:
        for (uint32_t i = 0; i < as_list(at).size(); ++i) {
          const void* entry = as_list(at).raw_at(i);
          std::string in;
          put_bytes_field(in, 1, entry_key(entry));
          value(f, 2, entry_value(f, entry), in);
          put_bytes_field(out, f.tag, in);
        }
        break;
    }
  }
}

}  // namespace

void put_varint(std::string& out, uint64_t v) {
  for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
  out += static_cast<char>(v);
}

void put_varint_field(std::string& out, uint32_t tag, uint64_t v) {
  put_varint(out, tag << 3);
  put_varint(out, v);
}

void put_bytes_field(std::string& out, uint32_t tag, std::string_view bytes) {
  put_varint(out, tag << 3 | 2);
  put_varint(out, bytes.size());
  out += bytes;
}

void encode_protobuf(const TypeDesc& type, const void* object, std::string& out) { message(type, object, out); }

std::string to_protobuf(const ObjectPtr& object) {
  TypeMeta meta = type_meta_of(object.type());
  std::string type_meta, raw, out("k8s\0", 4);
  put_bytes_field(type_meta, 1, meta.api_version);
  put_bytes_field(type_meta, 2, meta.kind);
  encode_protobuf(object.type(), object.data(), raw);
  put_bytes_field(out, 1, type_meta);
  put_bytes_field(out, 2, raw);
  put_bytes_field(out, 3, "");
  put_bytes_field(out, 4, "");
  return out;
}

}  // namespace orrery::api
