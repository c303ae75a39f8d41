#include "core/api/access.h"
#include "core/api/protobuf.h"
#include "core/base/rng.h"

#include <doctest/doctest.h>

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/authorization_v1.h"
#include "core/base/text.h"

using namespace orrery;
using namespace orrery::api;

// Message bytes written by hand from generated.proto of k8s.io/api, so that both ends are not the same code.
static std::string bytes(std::initializer_list<int> list) {
  std::string out;
  for (int b : list) out += static_cast<char>(b);
  return out;
}
static std::string field(int tag, const std::string& in) {
  std::string out = bytes({tag << 3 | 2, static_cast<int>(in.size())});
  return out + in;
}

TEST_CASE("Protobuf: a secret as client-go sends it") {
  std::string entry = field(1, "key") + field(2, std::string("v\0w", 3));
  std::string meta = field(1, "db") + field(3, "default") + field(11, field(1, "app") + field(2, "web")) +
                     field(8, "");
  std::string secret = field(1, meta) + field(2, entry) + field(3, "Opaque") + bytes({5 << 3, 1});
  std::string body = std::string("k8s\0", 4) + field(1, field(1, "v1") + field(2, "Secret")) + field(2, secret) +
                     field(3, "") + field(4, "");
  CHECK(is_protobuf(body));
  TypeMeta found;
  auto object = object_from_protobuf(body, desc<core_v1::Secret>(), &found);
  REQUIRE(object.ok());
  CHECK(found == TypeMeta{"v1", "Secret"});
  CHECK(to_json(*object) ==
        R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"db","namespace":"default","labels":{"app":"web"}},"immutable":true,"data":{"key":"dgB3"},"type":"Opaque"})");
}

TEST_CASE("Protobuf: every kind of value survives a round trip") {
  auto pod = from_json<core_v1::Pod>(R"({"metadata":{"name":"web","creationTimestamp":"2026-11-22T09:30:00Z","ownerReferences":[{"apiVersion":"v1","kind":"X","name":"y","uid":"z","controller":false}],"managedFields":[{"manager":"m","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{}}}]},
    "spec":{"volumes":[{"name":"v","emptyDir":{"sizeLimit":"64Mi"}},{"name":"c","configMap":{"name":"cm","optional":true}}],
    "containers":[{"name":"a","resources":{"limits":{"cpu":"500m"}},"livenessProbe":{"httpGet":{"port":"http"},"failureThreshold":3},"readinessProbe":{"tcpSocket":{"port":-80}},"securityContext":{}}],
    "terminationGracePeriodSeconds":0,"hostUsers":false,"securityContext":{"supplementalGroups":[1,-2,3000000000]}}})");
  REQUIRE(pod.ok());
  ObjectPtr before = make_object(*pod);
  auto after = object_from_protobuf(to_protobuf(before), desc<core_v1::Pod>());
  REQUIRE(after.ok());
  CHECK(to_json(*after) == to_json(before));
  auto sar = from_json<authorization_v1::SubjectAccessReview>(R"({"spec":{"extra":{"k":["a","b"]}}})");
  ObjectPtr review = make_object(*sar);
  auto back = object_from_protobuf(to_protobuf(review), desc<authorization_v1::SubjectAccessReview>());
  REQUIRE(back.ok());
  CHECK(to_json(*back) == to_json(review));
  apps_v1::ControllerRevision cr;
  cr.data.json = R"({"spec":1})";
  cr.revision = -1;
  ObjectPtr revision = make_object(cr);
  CHECK(to_json(*object_from_protobuf(to_protobuf(revision), desc<apps_v1::ControllerRevision>())) == to_json(revision));
}

TEST_CASE("Protobuf: packed integers are read, negative int32 too") {
  core_v1::PodSecurityContext sc;
  REQUIRE(decode_protobuf(bytes({4 << 3 | 2, 3, 1, 0x80, 0x01}), desc<core_v1::PodSecurityContext>(), &sc).ok());
  REQUIRE(sc.supplementalGroups.size() == 2);
  CHECK(sc.supplementalGroups[1] == 128);
}

TEST_CASE("Protobuf: broken bytes are refused without reading past their end") {
  core_v1::Pod pod;
  CHECK(open_protobuf("{}").error().message ==
        "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  CHECK(decode_protobuf(bytes({0x0a, 0x05, 0x01}), desc<core_v1::Pod>(), &pod).error().message == "unexpected EOF");
  CHECK(decode_protobuf(bytes({0x0f}), desc<core_v1::Pod>(), &pod).error().message == "proto: illegal wireType");
  CHECK_FALSE(decode_protobuf(bytes({0x08, 0x01}), desc<core_v1::Pod>(), &pod).ok());
  std::string whole = to_protobuf(make_object(*from_json<core_v1::Pod>(
      R"({"metadata":{"name":"a","labels":{"x":"y"}},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}})")));
  for (size_t n = 0; n < whole.size(); ++n) (void)object_from_protobuf(whole.substr(0, n), desc<core_v1::Pod>());
  for (size_t n = 4; n < whole.size(); ++n)
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[n] = static_cast<char>(damaged[n] ^ (1 << bit));
      (void)object_from_protobuf(damaged, desc<core_v1::Pod>());
    }
  std::string deep;
  for (int i = 0; i < 3000; ++i) {  // JSONSchemaProps.not within itself
    std::string outer;
    put_bytes_field(outer, 28, deep);
    deep = outer;
    if (deep.size() > 20000) break;
  }
  MutableObject schema(*find_type("apiextensions/v1", "JSONSchemaProps"));
  CHECK_FALSE(decode_protobuf(deep, schema.type(), schema.data()).ok());
}

namespace {

// A value in every field, some of them a type's zero where that is told from absence.
struct Filler {
  Rng rng{11};
  int n = 0;

  void value(Kind kind, const TypeDesc* type, void* at, int depth) {
    bool zero = rng.below(4) == 0;
    switch (kind) {
      case Kind::Bool: as<bool>(at) = !zero; break;
      case Kind::Int32: as<int32_t>(at) = zero ? 0 : static_cast<int32_t>(rng.below(1'000'000)) - 500'000; break;
      case Kind::Int64: as<int64_t>(at) = zero ? 0 : static_cast<int64_t>(rng.next() >> 1); break;
      case Kind::Double: as<double>(at) = zero ? 0 : 1.5 * ++n; break;
      case Kind::String:
      case Kind::Bytes: as<Str>(at) = zero ? Str() : Str(cat("text ", ++n)); break;
      case Kind::Time: as<WallTime>(at) = WallTime{(1'795'000'000 + ++n) * 1'000'000'000LL}; break;
      case Kind::MicroTime: as<WallTime>(at) = WallTime{1'795'000'000'000'000'000LL + ++n * 1'000LL}; break;
      case Kind::Duration: as<orrery::Duration>(at) = seconds(++n); break;
      case Kind::Quantity: as<orrery::Quantity>(at) = *orrery::Quantity::parse(cat(++n, "Mi")); break;
      case Kind::IntOrString:
        as<api::IntOrString>(at) = zero ? api::IntOrString::of(Str("25%")) : api::IntOrString::of(++n);
        break;
      case Kind::Raw: as<api::Raw>(at).json = Str(cat("{\"a\":", ++n, "}")); break;
      case Kind::StringList: as<List<Str>>(at).push_back(Str(cat("item ", ++n))); break;
      case Kind::Struct: fill(*type, at, depth + 1); break;
    }
  }

  void fill(const TypeDesc& type, void* object, int depth) {
    for (const Field& f : type) {
      void* at = member(object, f);
      bool deep = f.kind == Kind::Struct && depth > 5;
      if (f.shape == Shape::One) {
        value(f.kind, f.type, at, depth);
      } else if (!deep && f.shape == Shape::Optional) {
        value(f.kind, f.type, optional_mut(f, at), depth);
      } else if (!deep && f.shape == Shape::Map) {
        for (const char* key : {"a", "b"}) value(f.kind, f.type, map_mut(f, at, Str(key)), depth);
      } else if (!deep) {
        value(f.kind, f.type, as_list(at).raw_insert(0, *f.elem), depth);
      }
    }
  }
};

}  // namespace

TEST_CASE("Protobuf: every field of every stored kind survives a round trip") {
  Filler filler;
  for (const KindInfo& kind : all_kinds()) {
    if (!kind.type->has_object_meta || kind.group == "apiextensions.k8s.io" || kind.group == "metrics.k8s.io") continue;
    for (int round = 0; round < 2; ++round) {
      MutableObject object(*kind.type);
      filler.fill(*kind.type, object.data(), 0);
      ObjectPtr whole = std::move(object).freeze();
      auto again = object_from_protobuf(to_protobuf(whole), *kind.type);
      REQUIRE(again.ok());
      CHECK_MESSAGE(to_json(*again) == to_json(whole), std::string(kind.kind));
    }
  }
}
