#include "core/api/status.h"

#include <doctest/doctest.h>

using namespace orrery;

TEST_CASE("error_of_status: what a Status says, its details and causes") {
  const Error e = api::error_of_status(422, R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"Pod \"a\" is invalid: spec.containers: Required value",
    "reason":"Invalid","code":422,"details":{"name":"a","kind":"Pod","uid":"7","causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.containers"}, 7]}})");
  CHECK(e.code == 422);
  CHECK(e.reason == Reason::Invalid);
  CHECK(e.message == "Pod \"a\" is invalid: spec.containers: Required value");
  CHECK(e.name == "a");
  CHECK(e.kind == "Pod");
  CHECK(e.uid == "7");
  REQUIRE(e.causes.size() == 1);
  CHECK(e.causes[0].type == "FieldValueRequired");
  CHECK(e.causes[0].field == "spec.containers");
}

TEST_CASE("error_of_status: a body that is no Status is the message") {
  const Error e = api::error_of_status(404, " 404 page not found\n");
  CHECK(e.reason == Reason::NotFound);
  CHECK(e.message == "404 page not found");
}
