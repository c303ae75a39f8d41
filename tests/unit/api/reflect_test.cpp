#include "core/api/reflect.h"

#include <doctest/doctest.h>

#include "core/api/gen/apps_v1.h"
#include "core/api/kinds.h"
#include "core/api/object.h"

using namespace orrery;
using namespace orrery::api;

TEST_CASE("TypeDesc: finds fields, embedded ones too") {
  core_v1::Volume v;
  v.name = "data";
  v.emptyDir.mut().medium = "Memory";
  const TypeDesc& type = desc<core_v1::Volume>();
  const void* at = &v;
  const Field* f = type.find("emptyDir", &at);
  REQUIRE(f != nullptr);
  CHECK(static_cast<const char*>(at) + f->offset == reinterpret_cast<const char*>(&v.emptyDir));
  CHECK(type.find("nonesuch") == nullptr);
}

TEST_CASE("equal: nil and empty agree, quantities compare by amount, absent differs from zero") {
  core_v1::Pod a, b;
  CHECK(equal(a, b));
  a.spec.containers.push_back({});
  CHECK_FALSE(equal(a, b));
  b.spec.containers.push_back({});
  CHECK(equal(a, b));
  a.spec.containers.mut(0).resources.limits.set("cpu", *Quantity::parse("1000m"));
  b.spec.containers.mut(0).resources.limits.set("cpu", *Quantity::parse("1"));
  CHECK(equal(a, b));
  a.metadata.labels.set("x", "y");
  b.metadata.labels.set("x", "z");
  CHECK_FALSE(equal(a, b));
  b.metadata.labels.set("x", "y");
  CHECK(a == b);
  a.spec.hostUsers = false;
  CHECK_FALSE(a == b);
  b.spec.hostUsers = false;
  a.spec.securityContext.mut();
  CHECK_FALSE(a == b);
}

TEST_CASE("find_type and kinds: every served kind is found by its names") {
  for (const TypeDesc* t : all_types()) CHECK(find_type(t->group_version, t->name) == t);
  CHECK(find_type("core/v1", "Nonesuch") == nullptr);
  for (const KindInfo& k : all_kinds()) {
    CHECK(find_kind(k.group, k.version, k.kind) == &k);
    CHECK(find_kind(k.api_version(), k.kind) == &k);
    CHECK(find_resource(k.group, k.version, k.plural) == &k);
  }
  CHECK(kind<apps_v1::Deployment>().plural == "deployments");
  CHECK(kind<core_v1::Pod>().has_subresource("log"));
  CHECK(kind<core_v1::Pod>().has_subresource("eviction"));
  CHECK_FALSE(kind<core_v1::Pod>().has_subresource("scale"));
}

TEST_CASE("MutableObject: a copy shares parts until it is written") {
  core_v1::Pod pod;
  pod.metadata.name = "web";
  pod.spec.containers.push_back({});
  ObjectPtr first = make_object(pod);
  MutableObject copy(first);
  copy.meta().name = "web-2";
  CHECK(copy.as<core_v1::Pod>().spec.containers.same_block(first.as<core_v1::Pod>()->spec.containers));
  ObjectPtr second = std::move(copy).freeze();
  CHECK(first.meta().name == "web");
  CHECK(second.meta().name == "web-2");
  CHECK(second.as<apps_v1::Deployment>() == nullptr);
  MutableObject fresh(desc<apps_v1::Deployment>());
  CHECK_FALSE(fresh.as<apps_v1::Deployment>().spec.replicas.has_value());
}
