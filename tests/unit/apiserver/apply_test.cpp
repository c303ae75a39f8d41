// Server-side apply through the whole pipeline. Expectations: kubernetes.io/docs/reference/using-api/server-side-apply
// and kubernetes test/integration/apiserver/apply/apply_test.go.
#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {

const std::string kMaps = "/api/v1/namespaces/default/configmaps";
const char* kApply = "application/apply-patch+yaml";

std::string config(std::string_view data) {
  return cat("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  ", data, "\n");
}

}  // namespace

TEST_CASE("Apply: creates, owns, conflicts, forces") {
  World w;
  auto made = w.patch(kApply, kMaps + "/m?fieldManager=one", config("k: a"));
  CHECK(made.status == 201);
  CHECK(has(made.body, R"("managedFields":[{"manager":"one","operation":"Apply","apiVersion":"v1")"));
  CHECK(has(made.body, R"("fieldsV1":{"f:data":{"f:k":{}}})"));
  CHECK(w.patch(kApply, kMaps + "/m?fieldManager=one", config("k: b")).status == 200);
  auto other = w.patch(kApply, kMaps + "/m?fieldManager=two", config("k: c"));
  CHECK(other.status == 409);
  CHECK(other.error->message == "Apply failed with 1 conflict: conflict with \"one\": .data.k");
  REQUIRE(other.error->causes.size() == 1);
  CHECK(other.error->causes[0].type == "FieldManagerConflict");
  CHECK(has(w.patch(kApply, kMaps + "/m?fieldManager=two&force=true", config("k: c")).body, "\"data\":{\"k\":\"c\"}"));
  CHECK(w.patch(kApply, kMaps + "/m", config("k: d")).status == 422);
}

TEST_CASE("Apply: an unchanged configuration makes no new revision") {
  World w;
  w.patch(kApply, kMaps + "/m?fieldManager=one", config("k: a"));
  uint64_t before = w.server->store().head_revision();
  w.wait(seconds(5));
  CHECK(w.patch(kApply, kMaps + "/m?fieldManager=one", config("k: a")).status == 200);
  CHECK(w.server->store().head_revision() == before);
}

TEST_CASE("managedFields: updates name their manager, from the user agent unless told") {
  World w;
  auto made =
      w.call("POST", kMaps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"k":"a"}})");
  CHECK(has(made.body, R"("managedFields":[{"manager":"kubectl","operation":"Update","apiVersion":"v1")"));
  auto patched = w.patch("application/merge-patch+json", kMaps + "/m?fieldManager=me", R"({"data":{"j":"b"}})");
  CHECK(has(patched.body, "\"manager\":\"me\",\"operation\":\"Update\""));
}

TEST_CASE("OpenAPI: both versions are served, with an etag") {
  World w;
  CHECK(has(w.get("/openapi/v3").body, "\"api/v1\":{\"serverRelativeURL\":\"/openapi/v3/api/v1?hash="));
  auto apps = w.get("/openapi/v3/apis/apps/v1");
  CHECK(has(apps.body, "io.k8s.api.apps.v1.Deployment"));
  auto again = w.request("GET", "/openapi/v3/apis/apps/v1");
  again.headers.set("if-none-match", apps.headers.get("etag"));
  CHECK(w.call(again).status == 304);
  auto v2 = w.accept("application/com.github.proto-openapi.spec.v2@v1.0+protobuf", "/openapi/v2");
  CHECK(v2.content_type == "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
  CHECK(w.get("/openapi/v3/apis/nothing/v1").status == 404);
}
