// Custom resources. Behaviour and words: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/
// custom-resource-definitions/ and apiextensions-apiserver v1.35.
#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {

constexpr const char* kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
constexpr const char* kTabs = "/apis/stable.example.com/v1/namespaces/default/crontabs";

constexpr const char* kSpec =
    R"("spec":{"type":"object","required":["cronSpec"],"properties":{"cronSpec":{"type":"string","pattern":"^[0-9*/ ]+$"},
       "image":{"type":"string","default":"busybox"},"replicas":{"type":"integer","minimum":1,"maximum":10},
       "mode":{"type":"string","enum":["fast","slow"]},"env":{"type":"array","x-kubernetes-list-type":"map",
       "x-kubernetes-list-map-keys":["name"],"items":{"type":"object","required":["name"],"properties":{
       "name":{"type":"string"},"value":{"type":"string"}}}},"port":{"x-kubernetes-int-or-string":true},
       "any":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
       "labels":{"type":"object","additionalProperties":{"type":"string"}}}})";

std::string definition(std::string_view versions) {
  return cat(R"({"metadata":{"name":"crontabs.stable.example.com"},"spec":{"group":"stable.example.com",
      "scope":"Namespaced","names":{"plural":"crontabs","kind":"CronTab","shortNames":["ct"]},"versions":[)",
             versions, "]}}");
}

std::string version(std::string_view name, bool storage, std::string_view more = {}) {
  return cat(R"({"name":")", name, R"(","served":true,"storage":)", storage ? "true" : "false",
             R"(,"schema":{"openAPIV3Schema":{"type":"object","properties":{)", kSpec,
             R"(,"status":{"type":"object","properties":{"replicas":{"type":"integer"}}}}}})", more, "}");
}

constexpr const char* kSubresources =
    R"(,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"}},
       "additionalPrinterColumns":[{"name":"Spec","type":"string","jsonPath":".spec.cronSpec"},
       {"name":"Replicas","type":"integer","jsonPath":".spec.replicas"}])";

void define(World& w, std::string_view versions) {
  REQUIRE(w.call("POST", kDefinitions, definition(versions)).status == 201);
  w.settle();
  REQUIRE(has(w.call("GET", cat(kDefinitions, "/crontabs.stable.example.com")).body.str(),
              R"("type":"Established","status":"True")"));
}

std::string tab(std::string_view spec) {
  return cat(R"({"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"a"},"spec":)", spec, "}");
}


}  // namespace

TEST_CASE("custom resources: defined, served, listed, found in discovery and OpenAPI") {
  World w;
  CHECK(w.call("GET", kTabs).status == 404);
  define(w, version("v1", true));
  CHECK(w.call("POST", kTabs, tab(R"({"cronSpec":"* *","replicas":3})")).status == 201);
  std::string list = w.call("GET", kTabs).body.str();
  CHECK(has(list, R"("kind":"CronTabList","apiVersion":"stable.example.com/v1")"));
  CHECK(has(list, R"("spec":{"cronSpec":"* *","image":"busybox","replicas":3})"));
  CHECK(has(w.call("GET", "/apis/stable.example.com/v1").body.str(), R"("name":"crontabs","singularName":"crontab")"));
  CHECK(has(w.call("GET", "/openapi/v3/apis/stable.example.com/v1").body.str(), "com.example.stable.v1.CronTab"));
}

TEST_CASE("custom resources: unknown fields are pruned, or refused when strict") {
  World w;
  define(w, version("v1", true));
  std::string sent = tab(R"({"cronSpec":"*","foo":1,"any":{"kept":{"a":[1]}},"env":[{"name":"x","bad":2}]})");
  auto strict = w.call("POST", cat(kTabs, "?fieldValidation=Strict"), sent);
  CHECK(refusal(strict) ==
        "CronTab in version \"v1\" cannot be handled as a CronTab: strict decoding error: unknown field "
        "\"spec.env[0].bad\", unknown field \"spec.foo\"");
  auto made = w.call("POST", kTabs, sent);
  CHECK(made.status == 201);
  CHECK(has(made.body.str(), R"("any":{"kept":{"a":[1]}},"cronSpec":"*","env":[{"name":"x"}],"image":"busybox"})"));
}

TEST_CASE("custom resources: values that the schema refuses") {
  World w;
  define(w, version("v1", true));
  auto said = [&](std::string_view spec) { return refusal(w.call("POST", kTabs, tab(spec))); };
  std::string head = "CronTab.stable.example.com \"a\" is invalid: ";
  CHECK(said("{}") == head + "spec.cronSpec: Required value");
  CHECK(said(R"({"cronSpec":"x"})") ==
        head + "spec.cronSpec: Invalid value: \"x\": spec.cronSpec in body should match '^[0-9*/ ]+$'");
  CHECK(said(R"({"cronSpec":7})") ==
        head + "spec.cronSpec: Invalid value: \"integer\": spec.cronSpec in body must be of type string: \"integer\"");
  CHECK(said(R"({"cronSpec":"*","replicas":11})") ==
        head + "spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10");
  CHECK(said(R"({"cronSpec":"*","mode":"odd"})") ==
        head + "spec.mode: Unsupported value: \"odd\": supported values: \"fast\", \"slow\"");
  CHECK(said(R"({"cronSpec":"*","env":[{"name":"x"},{"name":"x"}]})") ==
        head + "spec.env[1]: Duplicate value: {\"name\":\"x\"}");
  CHECK(said(R"({"cronSpec":"*","labels":{"a":1}})") ==
        head + "spec.labels.a: Invalid value: \"integer\": spec.labels.a in body must be of type string: \"integer\"");
  CHECK(said(R"({"cronSpec":"*","port":true})") ==
        head + "spec.port: Invalid value: \"boolean\": spec.port in body must be of type integer,string: \"boolean\"");
  CHECK(said(R"({"cronSpec":"*","port":"http"})") == "allowed");
}

TEST_CASE("custom resources: status and scale") {
  World w;
  define(w, version("v1", true, kSubresources));
  auto made = w.call("POST", kTabs,
                     R"({"metadata":{"name":"a"},"spec":{"cronSpec":"*","replicas":2},"status":{"replicas":9}})");
  REQUIRE(made.status == 201);
  CHECK(!has(made.body.str(), "status"));
  std::string at = cat(kTabs, "/a");
  auto status = w.patch("application/merge-patch+json", cat(at, "/status"),
                        R"({"spec":{"cronSpec":"no"},"status":{"replicas":2}})");
  CHECK(status.status == 200);
  CHECK(has(status.body.str(), R"("generation":1)"));
  CHECK(has(status.body.str(), R"("cronSpec":"*")"));
  CHECK(has(status.body.str(), R"("status":{"replicas":2})"));
  CHECK(has(w.call("GET", cat(at, "/scale")).body.str(), R"("spec":{"replicas":2},"status":{"replicas":2})"));
  CHECK(w.patch("application/merge-patch+json", cat(at, "/scale"), R"({"spec":{"replicas":5}})").status == 200);
  std::string now = w.call("GET", at).body.str();
  CHECK(has(now, R"("replicas":5)"));
  CHECK(has(now, R"("generation":2)"));
  std::string table = w.accept("application/json;as=Table;v=v1;g=meta.k8s.io", kTabs).body.str();
  CHECK(has(table, R"("cells":["a","*",5])"));
}

TEST_CASE("custom resources: patches") {
  World w;
  define(w, version("v1", true));
  REQUIRE(w.call("POST", kTabs, tab(R"({"cronSpec":"*","replicas":2})")).status == 201);
  std::string at = cat(kTabs, "/a");
  auto strategic = w.patch("application/strategic-merge-patch+json", at, "{}");
  CHECK(strategic.status == 415);
  auto json = w.patch("application/json-patch+json", at, R"([{"op":"replace","path":"/spec/replicas","value":4}])");
  CHECK(has(json.body.str(), R"("replicas":4)"));
  auto apply = [&](const char* manager, std::string_view spec) {
    return w.patch(
        "application/apply-patch+yaml", cat(at, "?fieldManager=", manager),
        cat(R"({"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"a"},"spec":)", spec, "}"));
  };
  CHECK(apply("one", R"({"env":[{"name":"x","value":"1"}]})").status == 200);
  CHECK(apply("two", R"({"env":[{"name":"y","value":"2"}]})").status == 200);
  CHECK(has(w.call("GET", at).body.str(), R"("env":[{"name":"y","value":"2"},{"name":"x","value":"1"}])"));
  CHECK(refusal(apply("two", R"({"env":[{"name":"x","value":"3"}]})")) ==
        "Apply failed with 1 conflict: conflict with \"one\": .spec.env[name=\"x\"].value");
  CHECK(apply("one", "{}").status == 200);  // gives x up
  CHECK(has(w.call("GET", at).body.str(), R"("env":[{"name":"y","value":"2"}])"));
}

TEST_CASE("custom resources: versions differ in apiVersion; the preferred one comes first") {
  World w;
  define(w, cat(version("v1beta1", false), ",", version("v1", true)));
  REQUIRE(w.call("POST", kTabs, tab(R"({"cronSpec":"*"})")).status == 201);
  std::string older = w.call("GET", "/apis/stable.example.com/v1beta1/namespaces/default/crontabs/a").body.str();
  CHECK(has(older, R"("apiVersion":"stable.example.com/v1beta1")"));
  CHECK(has(w.call("GET", "/apis/stable.example.com").body.str(),
            R"("preferredVersion":{"groupVersion":"stable.example.com/v1","version":"v1"})"));
}

TEST_CASE("custom resources: a definition goes when its objects are gone") {
  World w;
  define(w, version("v1", true));
  REQUIRE(w.call("POST", kTabs, tab(R"({"cronSpec":"*"})")).status == 201);
  REQUIRE(
      w.call("POST", kTabs, R"({"metadata":{"name":"b","finalizers":["example.com/wait"]},"spec":{"cronSpec":"*"}})")
          .status == 201);
  std::string at = cat(kDefinitions, "/crontabs.stable.example.com");
  CHECK(w.call("DELETE", at).status == 200);
  w.settle();
  CHECK(w.call("GET", cat(kTabs, "/a")).status == 404);
  CHECK(has(w.call("GET", at).body.str(), R"("reason":"InstanceDeletionInProgress")"));
  CHECK(w.patch("application/merge-patch+json", cat(kTabs, "/b"), R"({"metadata":{"finalizers":null}})").status == 200);
  w.settle();
  CHECK(w.call("GET", at).status == 404);
  CHECK(w.call("GET", kTabs).status == 404);
}

TEST_CASE("custom resources: what a definition must be") {
  World w;
  auto said = [&](std::string_view body) { return refusal(w.call("POST", kDefinitions, body)); };
  std::string head = "CustomResourceDefinition.apiextensions.k8s.io \"crontabs.stable.example.com\" is invalid: ";
  CHECK(said(definition(R"({"name":"v1","served":true,"storage":true})")) ==
        head + "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required");
  CHECK(has(said(definition(version("v1", false))), "must have exactly one version marked as storage version"));
  CHECK(said(definition(R"({"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
        "properties":{"spec":{"properties":{"a":{"type":"array"}}}}}}})")) ==
        head +
            "[spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for "
            "specified object fields, spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[a].items: "
            "Required value: must be specified]");
}

TEST_CASE("custom resources: names that others have are not accepted") {
  World w;
  define(w, version("v1", true));
  REQUIRE(w.call("POST", kDefinitions,
                 cat(R"({"metadata":{"name":"others.stable.example.com"},"spec":{
      "group":"stable.example.com","scope":"Cluster","names":{"plural":"others","kind":"Other","shortNames":["ct"]},
      "versions":[)",
                     version("v1", true), "]}}"))
              .status == 201);
  w.settle();
  std::string other = w.call("GET", cat(kDefinitions, "/others.stable.example.com")).body.str();
  CHECK(has(other, R"("reason":"ShortNamesConflict","message":"\"ct\" is already in use")"));
  CHECK(w.call("GET", "/apis/stable.example.com/v1/others").status == 404);
}

TEST_CASE("custom resources: a restart serves them again") {
  World w;
  define(w, version("v1", true));
  REQUIRE(w.call("POST", kTabs, tab(R"({"cronSpec":"*"})")).status == 201);
  w.server.reset();
  w.start();
  CHECK(has(w.call("GET", kTabs).body.str(), R"("spec":{"cronSpec":"*","image":"busybox"})"));
}

// test/conformance/testdata/conformance.yaml: Server side field validation
TEST_CASE("custom resources: strict about what stands twice, and about metadata within") {
  World w;
  define(w, R"({"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{
      "spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"inner":{"type":"object",
      "x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}}}}}}})");
  const std::string strict = cat(kTabs, "?fieldValidation=Strict");
  auto post = [&](std::string_view spec) { return refusal(w.call("POST", strict, tab(spec))); };
  CHECK(has(post(R"({"a":1,"a":2})"), "strict decoding error: duplicate field \"spec.a\""));
  CHECK(has(post(R"({"inner":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","odd":1}}})"),
            "strict decoding error: unknown field \"spec.inner.metadata.odd\""));
  auto apply = [&](std::string_view how) {
    return w.patch("application/apply-patch+yaml", cat(kTabs, "/b?fieldManager=m&fieldValidation=", how),
                   "apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata:\n  name: b\nspec:\n  a: 1\n  a: 2\n");
  };
  auto refused = apply("Strict");
  CHECK(refused.status == 400);
  CHECK(has(refusal(refused), "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  "
                              "line 7: key \"a\" already set in map"));
  auto warned = apply("Warn");
  CHECK(warned.status == 201);
  CHECK(warned.warnings.size() == 1);
  CHECK(has(w.get(kTabs).body, R"("items":[{"kind":"CronTab","apiVersion":"stable.example.com/v1")"));
}
