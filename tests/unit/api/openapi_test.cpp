#include "core/api/openapi/openapi.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/api/help.h"
#include "core/api/protobuf_wire.h"

using namespace orrery;
using namespace orrery::api;
using nlohmann::json;

TEST_CASE("OpenAPI v3: the index names every served group version") {
  json index = json::parse(openapi_v3_index(builtin_openapi_resources()));
  for (const char* path : {"api/v1", "apis/apps/v1", "apis/batch/v1", "apis/rbac.authorization.k8s.io/v1"}) {
    CAPTURE(path);
    REQUIRE(index["paths"].contains(path));
    CHECK(index["paths"][path]["serverRelativeURL"].get<std::string>().find(std::string("/openapi/v3/") + path + "?hash=") == 0);
  }
}

TEST_CASE("OpenAPI v3: what kubectl reads of apps/v1") {
  json doc = json::parse(openapi_v3(builtin_openapi_resources(), "apis/apps/v1"));
  const json& patch = doc["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"];
  CHECK(patch["x-kubernetes-group-version-kind"] == json{{"group", "apps"}, {"version", "v1"}, {"kind", "Deployment"}});
  bool validation = false;
  for (const json& p : patch["parameters"]) validation = validation || p["name"] == "fieldValidation";
  CHECK(validation);
  CHECK(patch["requestBody"]["content"].contains("application/strategic-merge-patch+json"));
  const json& schemas = doc["components"]["schemas"];
  const json& deployment = schemas["io.k8s.api.apps.v1.Deployment"];
  CHECK(deployment["x-kubernetes-group-version-kind"][0]["kind"] == "Deployment");
  CHECK(deployment["properties"]["spec"]["allOf"][0]["$ref"] == "#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec");
  CHECK(schemas["io.k8s.api.apps.v1.DeploymentSpec"]["required"] == json{"selector", "template"});
  const json& containers = schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"];
  CHECK(containers["x-kubernetes-patch-merge-key"] == "name");
  CHECK(containers["x-kubernetes-patch-strategy"] == "merge");
  CHECK(containers["x-kubernetes-list-type"] == "map");
  CHECK(containers["x-kubernetes-list-map-keys"] == json{"name"});
  CHECK(schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["volumes"]["x-kubernetes-patch-strategy"] == "merge,retainKeys");
  CHECK(schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["restartPolicy"]["enum"].size() == 3);
  CHECK(openapi_v3(builtin_openapi_resources(), "apis/none/v1").empty());
}

TEST_CASE("OpenAPI: every reference leads somewhere") {
  OpenApiResources all = builtin_openapi_resources();
  auto check = [](const json& doc, const json& schemas, const std::string& prefix) {
    std::vector<const json*> todo{&doc};
    while (!todo.empty()) {
      const json* at = todo.back();
      todo.pop_back();
      for (const auto& item : at->items()) {
        if (item.key() == "$ref" && item.value().is_string()) {
          std::string name = item.value().get<std::string>();
          REQUIRE(name.find(prefix) == 0);
          CHECK_MESSAGE(schemas.contains(name.substr(prefix.size())), name);
        } else if (item.value().is_structured()) {
          todo.push_back(&item.value());
        }
      }
    }
  };
  json index = json::parse(openapi_v3_index(all));
  for (const auto& p : index["paths"].items()) {
    json doc = json::parse(openapi_v3(all, p.key()));
    check(doc, doc["components"]["schemas"], "#/components/schemas/");
  }
  json v2 = json::parse(openapi_v2_json(all));
  check(v2, v2["definitions"], "#/definitions/");
}

TEST_CASE("OpenAPI v2 in protobuf: paths and definitions are there") {
  std::string bytes = openapi_v2_protobuf(builtin_openapi_resources());
  WireReader r(bytes);
  int definitions = 0, paths = 0;
  std::string swagger;
  bool pod = false;
  while (r.next()) {
    if (r.tag == 1) swagger = std::string(r.bytes);
    WireReader in(r.tag == 8 || r.tag == 9 ? r.bytes : std::string_view());
    while (in.next()) {
      WireReader entry(in.bytes);
      entry.next();
      if (r.tag == 8) ++paths;
      if (r.tag == 9) {
        ++definitions;
        pod = pod || entry.bytes == "io.k8s.api.core.v1.Pod";
      }
    }
    CHECK(in.error == nullptr);
  }
  CHECK(r.error == nullptr);
  CHECK(swagger == "2.0");
  CHECK(pod);
  json v2 = json::parse(openapi_v2_json(builtin_openapi_resources()));
  CHECK(definitions == static_cast<int>(v2["definitions"].size()));
  CHECK(paths == static_cast<int>(v2["paths"].size()));
}

TEST_CASE("OpenAPI: a custom resource brings its own schema") {
  OpenApiResources all = builtin_openapi_resources();
  OpenApiResource r;
  r.group = "example.com";
  r.version = "v1";
  r.kind = "Widget";
  r.plural = "widgets";
  r.verbs = {"get", "list", "patch"};
  r.strategic_merge = false;
  r.definition = "com.example.v1.Widget";
  r.schema = R"({"type":"object","properties":{"size":{"type":"integer"}}})";
  all.push_back(r);
  json doc = json::parse(openapi_v3(all, "apis/example.com/v1"));
  CHECK(doc["components"]["schemas"]["com.example.v1.Widget"]["properties"]["size"]["type"] == "integer");
  CHECK_FALSE(doc["paths"]["/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"]["patch"]["requestBody"]["content"].contains("application/strategic-merge-patch+json"));
}

TEST_CASE("Help: short texts in English and Korean") {
  const Help* h = find_help("PodSpec", "containers");
  REQUIRE(h != nullptr);
  CHECK_FALSE(h->en.empty());
  CHECK_FALSE(h->ko.empty());
  CHECK(find_help("PodSpec", "nonesuch") == nullptr);
}
