#include "core/api/patch/patch.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/api/gen/apps_v1.h"

using namespace orrery;
using namespace orrery::api;
using nlohmann::json;

static std::string strategic(const char* document, const char* patch, const TypeDesc& type = desc<core_v1::Pod>()) {
  auto r = strategic_merge_patch(json::parse(document), json::parse(patch), type);
  return r ? r->dump() : r.error().message.str();
}

static std::string rfc6902(const char* document, const char* patch) {
  auto r = json_patch(json::parse(document), json::parse(patch));
  return r ? r->dump() : r.error().message.str();
}

TEST_CASE("JSON patch: the operations of RFC 6902") {
  const char* doc = R"({"a":{"b":[1,2]},"x/y":1})";
  CHECK(rfc6902(doc, R"([{"op":"add","path":"/a/b/1","value":9}])") == R"({"a":{"b":[1,9,2]},"x/y":1})");
  CHECK(rfc6902(doc, R"([{"op":"add","path":"/a/b/-","value":9}])") == R"({"a":{"b":[1,2,9]},"x/y":1})");
  CHECK(rfc6902(doc, R"([{"op":"remove","path":"/x~1y"}])") == R"({"a":{"b":[1,2]}})");
  CHECK(rfc6902(doc, R"([{"op":"replace","path":"/a/b","value":{}},{"op":"test","path":"/a/b","value":{}}])") ==
        R"({"a":{"b":{}},"x/y":1})");
  CHECK(rfc6902(doc, R"([{"op":"move","from":"/a/b","path":"/c"},{"op":"copy","from":"/c","path":"/d"}])") ==
        R"({"a":{},"c":[1,2],"d":[1,2],"x/y":1})");
  for (const char* bad : {R"([{"op":"remove","path":"/q"}])", R"([{"op":"replace","path":"/q","value":1}])",
                          R"([{"op":"test","path":"/x~1y","value":2}])", R"([{"op":"add","path":"/a/b/5","value":1}])",
                          R"([{"op":"jump","path":"/a","value":1}])", R"([{"op":"move","from":"/a","path":"/a/b"}])"}) {
    CAPTURE(bad);
    CHECK(rfc6902(doc, bad) == "the server rejected our request due to an error in our request");
  }
  json many = json::array();
  for (int i = 0; i < 10001; ++i) many.push_back({{"op", "test"}, {"path", ""}, {"value", json::object()}});
  CHECK(json_patch(json::object(), many).error().http() == 413);
}

TEST_CASE("Merge patch: null deletes, lists are replaced") {
  CHECK(merge_patch(json::parse(R"({"a":1,"b":{"c":[1,2],"d":2}})"), json::parse(R"({"a":null,"b":{"c":[3],"e":{"f":null}}})")).dump() ==
        R"({"b":{"c":[3],"d":2,"e":{}}})");
}

TEST_CASE("Strategic merge: lists merge by key, patched items keep their place") {
  CHECK(strategic(R"({"spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]}})",
                  R"({"spec":{"containers":[{"name":"b","image":"z"},{"name":"c","image":"n"}]}})") ==
        R"({"spec":{"containers":[{"image":"x","name":"a"},{"image":"z","name":"b"},{"image":"n","name":"c"}]}})");
  CHECK(strategic(R"({"metadata":{"finalizers":["a","b"]}})", R"({"metadata":{"finalizers":["b","c"]}})") ==
        R"({"metadata":{"finalizers":["a","b","c"]}})");
  CHECK(strategic(R"({"spec":{"tolerations":[{"key":"a"}]}})", R"({"spec":{"tolerations":[{"key":"b"}]}})") ==
        R"({"spec":{"tolerations":[{"key":"b"}]}})");
}

TEST_CASE("Strategic merge: directives") {
  CHECK(strategic(R"({"spec":{"containers":[{"name":"a"},{"name":"b"}]}})",
                  R"({"spec":{"containers":[{"name":"a","$patch":"delete"}]}})") == R"({"spec":{"containers":[{"name":"b"}]}})");
  CHECK(strategic(R"({"spec":{"containers":[{"name":"a"}]}})",
                  R"({"spec":{"containers":[{"name":"z"},{"$patch":"replace"}]}})") == R"({"spec":{"containers":[{"name":"z"}]}})");
  CHECK(strategic(R"({"spec":{"nodeSelector":{"a":"b"}}})", R"({"spec":{"nodeSelector":{"c":"d","$patch":"replace"}}})") ==
        R"({"spec":{"nodeSelector":{"c":"d"}}})");
  CHECK(strategic(R"({"metadata":{"finalizers":["a","b"]}})", R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}})") ==
        R"({"metadata":{"finalizers":["b"]}})");
  CHECK(strategic(R"({"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"s"}]}})",
                  R"({"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"b"},{"name":"a"}],"containers":[{"name":"c","image":"n"}]}})") ==
        R"({"spec":{"containers":[{"image":"n","name":"c"},{"name":"b"},{"name":"a"},{"name":"s"}]}})");
  CHECK(strategic(R"({"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}})",
                  R"({"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}})", desc<apps_v1::Deployment>()) ==
        R"({"spec":{"strategy":{"type":"Recreate"}}})");
  CHECK(strategic(R"({"spec":{"volumes":[{"name":"v","emptyDir":{}}]}})",
                  R"({"spec":{"volumes":[{"$retainKeys":["name","hostPath"],"name":"v","hostPath":{"path":"/x"}}]}})") ==
        R"({"spec":{"volumes":[{"hostPath":{"path":"/x"},"name":"v"}]}})");
  CHECK(strategic("{}", R"({"spec":{"$retainKeys":["a"],"b":1}})").find("retainKeys") == std::string::npos);
  CHECK(strategic(R"({"spec":{}})", R"({"spec":{"$retainKeys":["a"],"b":1}})") == "invalid patch format of retainKeys");
  CHECK(strategic(R"({"a":{}})", R"({"a":{"$patch":"bogus"}})").find("unable to find api field in struct Pod") == 0);
  CHECK(strategic(R"({"spec":{"containers":[{"name":"a"}]}})", R"({"spec":{"containers":[{"image":"q"}]}})") ==
        "map: map[image:q] does not contain declared merge key: name");
}

TEST_CASE("patch_object: the result is decoded, unknown and duplicate fields are noted") {
  apps_v1::Deployment d;
  d.metadata.name = "web";
  d.spec.replicas = 1;
  ObjectPtr current = make_object(d);
  DecodeNotes notes;
  auto out = patch_object(current, PatchType::Strategic, R"({"spec":{"replicas":3,"replicas":4,"foo":1}})", &notes);
  REQUIRE(out.ok());
  CHECK(*out->as<apps_v1::Deployment>()->spec.replicas == 4);
  CHECK(strict_error(notes.strict).message ==
        R"(strict decoding error: duplicate field "spec.replicas", unknown field "spec.foo")");
  CHECK(patch_object(current, PatchType::Strategic, R"({"spec":{"replicas":"x"}})").error().message ==
        R"( "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32)");
  CHECK(patch_object(current, PatchType::Merge, "[]").error().http() == 400);
  CHECK(patch_object(current, PatchType::Merge, "{").error().message == "unexpected end of JSON input");
  auto replaced = patch_object(current, PatchType::Json, R"([{"op":"replace","path":"/spec/replicas","value":7}])");
  REQUIRE(replaced.ok());
  CHECK(*replaced->as<apps_v1::Deployment>()->spec.replicas == 7);
}
