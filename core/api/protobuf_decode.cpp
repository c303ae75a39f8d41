#include <cstring>

#include "core/api/access.h"
#include "core/api/protobuf.h"
#include "core/api/protobuf_wire.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

constexpr std::string_view kMagic("k8s\0", 4);

struct ProtobufDecoder {
  std::string error;
  StrPool* pool = nullptr;

  bool fail(std::string_view why) {
    if (error.empty()) error = why;
    return false;
  }

  bool message(std::string_view bytes, const TypeDesc& type, void* into, int depth) {
    if (depth > kProtobufDepthMax) return fail("proto: nesting is too deep");
    WireReader r(bytes);
    while (r.next()) {
      const Field* f = find(type, r.tag);
      if (f && !field(r, *f, member(into, *f), depth)) return false;
    }
    return !r.error || fail(r.error);
  }

  static const Field* find(const TypeDesc& type, uint32_t tag) {
    for (const Field& f : type)
      if (f.tag == tag) return &f;
    return nullptr;
  }

  bool field(const WireReader& r, const Field& f, void* at, int depth) {
    switch (f.shape) {
      case Shape::One: return value(r, f, at, depth);
      case Shape::Optional: return value(r, f, optional_mut(f, at), depth);
      case Shape::List: {
        ListBase& list = as_list(at);
        bool integers = f.kind == Kind::Int32 || f.kind == Kind::Int64 || f.kind == Kind::Bool;
        if (integers && r.wire == WireType::Bytes) {  // packed
          WireReader packed(r.bytes);
          while (!packed.at_end()) {
            WireReader one("");
            one.number = packed.varint();
            if (packed.error) return fail(packed.error);
            if (!value(one, f, list.raw_insert(list.size(), *f.elem), depth)) return false;
          }
          return true;
        }
        return value(r, f, list.raw_insert(list.size(), *f.elem), depth);
      }
      case Shape::Map: {
        if (r.wire != WireType::Bytes) return wrong_wire(f);
        Str key;
        WireReader keys(r.bytes);
        while (keys.next())
          if (keys.tag == 1 && keys.wire == WireType::Bytes) key = Str(keys.bytes);
        if (keys.error) return fail(keys.error);
        void* to = map_mut(f, at, key);
        WireReader values(r.bytes);
        while (values.next())
          if (values.tag == 2 && !value(values, f, to, depth)) return false;
        return true;
      }
    }
    return false;
  }

  bool wrong_wire(const Field& f) { return fail(cat("proto: wrong wireType for field ", f.name)); }

  bool value(const WireReader& r, const Field& f, void* at, int depth) {
    switch (f.kind) {
      case Kind::Bool:
      case Kind::Int32:
      case Kind::Int64:
        if (r.wire != WireType::Varint) return wrong_wire(f);
        if (f.kind == Kind::Bool)
          as<bool>(at) = r.number != 0;
        else if (f.kind == Kind::Int32)
          as<int32_t>(at) = static_cast<int32_t>(r.number);
        else
          as<int64_t>(at) = static_cast<int64_t>(r.number);
        return true;
      case Kind::Double:
        if (r.wire != WireType::Fixed64) return wrong_wire(f);
        std::memcpy(at, &r.number, sizeof(double));
        return true;
      default: break;
    }
    if (r.wire != WireType::Bytes) return wrong_wire(f);
    switch (f.kind) {
      case Kind::String:
      case Kind::Bytes: as<Str>(at) = pooled(pool, r.bytes); return true;
      case Kind::Time:
      case Kind::MicroTime: return time(r.bytes, as<WallTime>(at));
      case Kind::Duration: {
        WireReader in(r.bytes);
        while (in.next())
          if (in.tag == 1) as<orrery::Duration>(at).ns = static_cast<int64_t>(in.number);
        return !in.error || fail(in.error);
      }
      case Kind::Quantity: {
        WireReader in(r.bytes);
        while (in.next()) {
          if (in.tag != 1 || in.wire != WireType::Bytes) continue;
          auto q = orrery::Quantity::parse(in.bytes);
          if (!q) return fail(q.error().message);
          as<orrery::Quantity>(at) = *q;
        }
        return !in.error || fail(in.error);
      }
      case Kind::IntOrString: {
        auto& v = as<api::IntOrString>(at);
        WireReader in(r.bytes);
        while (in.next()) {
          if (in.tag == 1) v.is_string = in.number == 1;
          if (in.tag == 2) v.number = static_cast<int32_t>(in.number);
          if (in.tag == 3 && in.wire == WireType::Bytes) v.text = Str(in.bytes);
        }
        if (v.is_string) v.number = 0;
        else v.text = Str();
        return !in.error || fail(in.error);
      }
      case Kind::Raw: return raw(r.bytes, f, as<api::Raw>(at));
      case Kind::StringList: {
        WireReader in(r.bytes);
        while (in.next())
          if (in.tag == 1 && in.wire == WireType::Bytes) as<List<Str>>(at).push_back(Str(in.bytes));
        return !in.error || fail(in.error);
      }
      case Kind::Struct: return message(r.bytes, *f.type, at, depth + 1);
      default: return false;
    }
  }

  bool time(std::string_view bytes, WallTime& out) {
    int64_t seconds = 0, nanos = 0;
    WireReader in(bytes);
    while (in.next()) {
      if (in.tag == 1) seconds = static_cast<int64_t>(in.number);
      if (in.tag == 2) nanos = static_cast<int32_t>(in.number);
    }
    if (in.error) return fail(in.error);
    constexpr int64_t kSecondsMax = INT64_MAX / 1'000'000'000 - 1;
    if (seconds == 0 && nanos == 0)
      out = WallTime{};
    else if (seconds > kSecondsMax || seconds < -kSecondsMax || nanos < 0 || nanos >= 1'000'000'000)
      out = WallTime{};
    else
      out.ns = seconds * 1'000'000'000 + nanos;
    return true;
  }

  // RawExtension, FieldsV1 and JSON all hold the JSON text in field 1; the OrArray and OrBool forms of CRD schemas
  // hold messages.
  bool raw(std::string_view bytes, const Field& f, api::Raw& out) {
    WireReader in(bytes);
    std::string_view text;
    if (starts_with(f.go_type, "*JSONSchemaPropsOr") || starts_with(f.go_type, "JSONSchemaPropsOr") ||
        f.name == "dependencies")
      return schema_choice(bytes, out);
    while (in.next())
      if (in.tag == 1 && in.wire == WireType::Bytes) text = in.bytes;
    if (in.error) return fail(in.error);
    if (text.empty()) return true;
    auto json = compact_json(text);
    if (!json) return fail(json.error().message);
    out.json = pooled(pool, *json);
    return true;
  }

  // {1: schema | allows, 2: list of schemas | schema | names}
  bool schema_choice(std::string_view bytes, api::Raw& out) {
    const TypeDesc* props = find_type("apiextensions/v1", "JSONSchemaProps");
    std::string list;
    WireReader in(bytes);
    while (in.next()) {
      if (in.wire == WireType::Varint) {
        if (out.json.empty()) out.json = in.number ? "true" : "false";
        continue;
      }
      MutableObject schema(*props);
      if (!message(in.bytes, *props, schema.data(), 1)) return false;
      std::string text;
      encode_json(*props, schema.data(), {}, text);
      if (in.tag == 1) out.json = text;
      if (in.tag == 2) list += (list.empty() ? "" : ",") + text;
    }
    if (in.error) return fail(in.error);
    if (!list.empty()) out.json = out.json == "true" || out.json == "false" ? list : "[" + list + "]";
    return true;
  }
};

Error bad(std::string message) { return make_error(Reason::BadRequest, message); }

}  // namespace

bool is_protobuf(std::string_view bytes) { return starts_with(bytes, kMagic); }

Result<ProtobufEnvelope> open_protobuf(std::string_view bytes) {
  if (bytes.empty()) return bad("empty data");
  if (!is_protobuf(bytes))
    return bad("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  ProtobufEnvelope out;
  WireReader r(bytes.substr(kMagic.size()));
  while (r.next()) {
    if (r.wire != WireType::Bytes) continue;
    if (r.tag == 1) {
      WireReader meta(r.bytes);
      while (meta.next()) {
        if (meta.tag == 1) out.meta.api_version = Str(meta.bytes);
        if (meta.tag == 2) out.meta.kind = Str(meta.bytes);
      }
      if (meta.error) return bad(meta.error);
    }
    if (r.tag == 2) out.raw = r.bytes;
    if (r.tag == 4) out.content_type = r.bytes;
  }
  if (r.error) return bad(r.error);
  return out;
}

Result<void> decode_protobuf(std::string_view bytes, const TypeDesc& type, void* into, StrPool* pool) {
  ProtobufDecoder d;
  d.pool = pool;
  if (!d.message(bytes, type, into, 0)) return bad(d.error);
  return {};
}

Result<ObjectPtr> object_from_protobuf(std::string_view bytes, const TypeDesc& type, TypeMeta* meta) {
  auto envelope = open_protobuf(bytes);
  if (!envelope) return envelope.error();
  if (meta) *meta = envelope->meta;
  MutableObject object(type);
  auto done = starts_with(envelope->content_type, "application/json")
                  ? decode_json(envelope->raw, type, object.data())
                  : decode_protobuf(envelope->raw, type, object.data());
  if (!done) return done.error();
  return std::move(object).freeze();
}

}  // namespace orrery::api
