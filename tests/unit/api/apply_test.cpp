#include "core/api/apply/apply.h"

#include <doctest/doctest.h>

#include "core/api/apply/field_set.h"
#include "core/api/gen/apps_v1.h"

using namespace orrery;
using namespace orrery::api;

static FieldManager by(const char* name, const char* version = "v1", int64_t s = 1) {
  FieldManager m;
  m.name = name;
  m.api_version = version;
  m.now.ns = s * 1'000'000'000;
  return m;
}

static ObjectPtr tracked(const ObjectPtr& live, const ObjectPtr& next, const FieldManager& m) {
  MutableObject o(next);
  track_update(live, o, m);
  return std::move(o).freeze();
}

static std::string fields_of(const ObjectPtr& o, std::string_view manager) {
  for (const auto& e : o.meta().managedFields)
    if (e.manager == manager) return e.fieldsV1.json.str();
  return "";
}

template <class T>
static ObjectPtr read(std::string_view json) {
  return make_object(*from_json<T>(json));
}

static Result<Applied> apply(const ObjectPtr& live, std::string_view config, const char* manager, bool force = false) {
  return server_side_apply(live, config, desc<core_v1::ConfigMap>(), by(manager), force);
}

TEST_CASE("FieldSet: text both ways, set algebra") {
  const char* text = R"({"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{}}}}})";
  auto set = FieldSet::from_json(text);
  REQUIRE(set.ok());
  CHECK(set->to_json() == text);
  CHECK(set->members().size() == 4);
  CHECK(path_text(set->members().back()) == R"(.spec.containers[name="c"].image)");
  auto part = FieldSet::from_json(R"({"f:metadata":{"f:labels":{"f:app":{}}}})");
  CHECK(set->intersection(*part) == *part);
  FieldSet rest = *set;
  rest.subtract(*part);
  CHECK(rest.to_json() == R"({"f:metadata":{"f:labels":{}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{}}}}})");
  rest.merge(*part);
  CHECK(rest == *set);
}

TEST_CASE("managedFields: a created deployment's fields as the API server records them") {
  ObjectPtr d = tracked(nullptr, read<apps_v1::Deployment>(
      R"({"metadata":{"name":"web","labels":{"app":"web"}},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"nginx","image":"nginx","ports":[{"containerPort":80,"protocol":"TCP"}]}],"securityContext":{}}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%"}}}})"),
      by("kubectl-create", "apps/v1"));
  REQUIRE(d.meta().managedFields.size() == 1);
  const auto& e = d.meta().managedFields[0];
  CHECK(e.operation == "Update");
  CHECK(e.apiVersion == "apps/v1");
  CHECK(e.fieldsV1.json ==
        R"({"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"nginx\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}},"f:resources":{}}},"f:securityContext":{}}}}})");
}

TEST_CASE("managedFields: an update takes what it changes, others keep the rest, no change changes nothing") {
  ObjectPtr one = tracked(nullptr, read<core_v1::ConfigMap>(R"({"metadata":{"name":"c"},"data":{"a":"1","b":"2"}})"), by("x"));
  MutableObject edit(one);
  edit.as<core_v1::ConfigMap>().data.set("b", "3");
  edit.as<core_v1::ConfigMap>().data.set("c", "4");
  ObjectPtr two = tracked(one, std::move(edit).freeze(), by("y", "v1", 2));
  CHECK(fields_of(two, "x") == R"({"f:data":{".":{},"f:a":{}}})");
  CHECK(fields_of(two, "y") == R"({"f:data":{"f:b":{},"f:c":{}}})");
  MutableObject less(two);
  less.as<core_v1::ConfigMap>().data.erase("c");
  ObjectPtr three = tracked(two, std::move(less).freeze(), by("x", "v1", 3));
  CHECK(fields_of(three, "y") == R"({"f:data":{"f:b":{}}})");
  ObjectPtr four = tracked(three, three, by("z", "v1", 4));
  CHECK(four.meta().managedFields == three.meta().managedFields);
  MutableObject cleared(three);
  cleared.meta().managedFields = {meta_v1::ManagedFieldsEntry{}};
  CHECK(tracked(three, std::move(cleared).freeze(), by("z")).meta().managedFields.empty());
}

TEST_CASE("Apply: creates, owns what it says, gives up what it no longer says") {
  auto one = apply(nullptr, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  labels: {x: \"y\"}\ndata:\n  a: \"1\"\n  b: \"2\"\n", "me");
  REQUIRE(one.ok());
  CHECK(one->created);
  CHECK(fields_of(one->object, "me") == R"({"f:data":{"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{"f:x":{}}}})");
  CHECK(one->object.meta().managedFields[0].operation == "Apply");
  auto two = apply(one->object, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: \"1\"\n", "me");
  REQUIRE(two.ok());
  CHECK_FALSE(two->created);
  const auto* c = two->object.as<core_v1::ConfigMap>();
  CHECK(c->data.size() == 1);
  CHECK(c->metadata.labels.empty());
  CHECK(fields_of(two->object, "me") == R"({"f:data":{"f:a":{}}})");
  auto again = apply(two->object, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: \"1\"\n", "me");
  CHECK(again->object.meta().managedFields == two->object.meta().managedFields);
}

TEST_CASE("Apply: conflicts name manager and field, force takes over, shared fields survive one owner's leaving") {
  ObjectPtr live = tracked(nullptr, read<core_v1::ConfigMap>(R"({"metadata":{"name":"c"},"data":{"a":"1","b":"2"}})"), by("kubectl-create"));
  auto clash = apply(live, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"9\"}\n", "me");
  REQUIRE_FALSE(clash.ok());
  CHECK(clash.error().http() == 409);
  CHECK(clash.error().message == R"(Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.a)");
  REQUIRE(clash.error().causes.size() == 1);
  CHECK(clash.error().causes[0].type == "FieldManagerConflict");
  CHECK(clash.error().causes[0].message == R"(conflict with "kubectl-create" using v1)");
  CHECK(clash.error().causes[0].field == ".data.a");
  auto both = apply(live, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"9\", b: \"8\"}\n", "me");
  CHECK(both.error().message == "Apply failed with 2 conflicts: conflicts with \"kubectl-create\" using v1:\n- .data.a\n- .data.b");
  auto forced = apply(live, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"9\"}\n", "me", true);
  REQUIRE(forced.ok());
  CHECK(fields_of(forced->object, "kubectl-create") == R"({"f:data":{".":{},"f:b":{}}})");
  auto shared = apply(forced->object, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"9\"}\n", "you");
  REQUIRE(shared.ok());
  auto left = apply(shared->object, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n", "me");
  REQUIRE(left.ok());
  CHECK(left->object.as<core_v1::ConfigMap>()->data.get("a") == "9");
  auto last = apply(left->object, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n", "you");
  CHECK_FALSE(last->object.as<core_v1::ConfigMap>()->data.contains("a"));
  CHECK(last->object.as<core_v1::ConfigMap>()->data.get("b") == "2");
}

TEST_CASE("Apply: list items by key merge and go, unowned parts of a kept item stay") {
  const TypeDesc& type = desc<apps_v1::Deployment>();
  FieldManager me = by("me", "apps/v1");
  const char* head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n      containers:\n";
  auto one = server_side_apply(nullptr, std::string(head) + "      - {name: a, image: x, ports: [{containerPort: 80}]}\n      - {name: b, image: w}\n", type, me, false);
  REQUIRE(one.ok());
  CHECK(fields_of(one->object, "me").find(R"("k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}})") != std::string::npos);
  MutableObject sidecar(one->object);
  core_v1::Container extra;
  extra.name = "side";
  extra.image = "z";
  sidecar.as<apps_v1::Deployment>().spec.template_.spec.containers.push_back(extra);
  sidecar.as<apps_v1::Deployment>().spec.template_.spec.containers.mut(0).imagePullPolicy = "Always";
  ObjectPtr live = tracked(one->object, std::move(sidecar).freeze(), by("injector", "apps/v1", 2));
  auto two = server_side_apply(live, std::string(head) + "      - {name: a, image: x2}\n", type, me, false);
  REQUIRE(two.ok());
  const auto& containers = two->object.as<apps_v1::Deployment>()->spec.template_.spec.containers;
  REQUIRE(containers.size() == 2);
  CHECK(containers[0].image == "x2");
  CHECK(containers[0].imagePullPolicy == "Always");
  CHECK(containers[0].ports.empty());
  CHECK(containers[1].name == "side");
}

TEST_CASE("Apply: bad configurations are refused in Kubernetes' words") {
  CHECK(apply(nullptr, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: ns}\nfoo: 1\n", "me").error().message ==
        "failed to create typed patch object (ns/c; v1, Kind=ConfigMap): .foo: field not declared in schema");
  CHECK(apply(nullptr, "a: b: c", "me").error().message.view().find("error decoding YAML: ") == 0);
  CHECK(apply(nullptr, R"({"apiVersion":"v2","kind":"ConfigMap"})", "me").error().message ==
        "Incorrect version specified in apply patch. Specified patch version: v2, expected: v1");
  CHECK(apply(nullptr, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"managedFields":[{"manager":"x"}]}})", "me").error().message ==
        "metadata.managedFields must be nil");
  CHECK(server_side_apply(nullptr, "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{image: x}]}\n", desc<core_v1::Pod>(), by("me"), false).error().message ==
        "failed to create typed patch object (/p; v1, Kind=Pod): .spec.containers: element 0: associative list with keys has an element that omits key field \"name\" (and doesn't have default value)");
}

TEST_CASE("Apply: kubectl's server-side apply takes over from its client-side one without conflict") {
  ObjectPtr live = tracked(nullptr, read<core_v1::ConfigMap>(
      R"({"metadata":{"name":"c","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"},\"data\":{\"a\":\"1\"}}"}},"data":{"a":"1"}})"),
      by("kubectl-client-side-apply"));
  auto out = apply(live, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"2\"}\n", "kubectl");
  REQUIRE(out.ok());
  CHECK(out->object.as<core_v1::ConfigMap>()->data.get("a") == "2");
  CHECK_FALSE(apply(live, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: \"2\"}\n", "other").ok());
}
