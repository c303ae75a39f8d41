#include "core/ports/request_target.h"

#include <doctest/doctest.h>

using namespace orrery;

TEST_CASE("request_target: path and query as they go over the wire") {
  ports::ApiRequest r;
  r.path = "/api/v1/namespaces/a b/pods";
  CHECK(ports::request_target(r) == "/api/v1/namespaces/a%20b/pods");
  r.query = {{"labelSelector", "app=web,tier in (a)"}, {"command", "sh"}, {"command", "-c"}};
  CHECK(ports::request_target(r) == "/api/v1/namespaces/a%20b/pods?labelSelector=app%3Dweb%2Ctier%20in%20%28a%29&command=sh&command=-c");
  r.query.clear();
  r.path = "/";
  CHECK(ports::request_target(r) == "/");
  r.path = "version";
  CHECK(ports::request_target(r) == "/version");
  r.path = "/api/v1/namespaces/x/services/web:80/proxy/a//b/";
  CHECK(ports::request_target(r) == "/api/v1/namespaces/x/services/web%3A80/proxy/a//b/");
}
