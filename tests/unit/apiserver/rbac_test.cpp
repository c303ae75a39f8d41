// Expectations: kubernetes.io/docs/reference/access-authn-authz/rbac and its default roles.
#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {

World::Reply as(World& w, const char* user, const char* method, std::string_view url, std::string_view body = {}) {
  auto r = w.request(method, url, body);
  r.identity.user = user;
  r.identity.groups.clear();
  return w.call(r);
}

void grant(World& w, std::string_view role_kind, std::string_view role, std::string_view user) {
  auto made = w.call(
      "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
      cat(R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":")", user, "-", role,
          R"("},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":")", role_kind, R"(","name":")", role,
          R"("},"subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":")", user, "\"}]}"));
  REQUIRE(made.status == 201);
}

const char* kPods = "/api/v1/namespaces/default/pods";

}  // namespace

TEST_CASE("RBAC: a role lets its user do what it says, where it says") {
  World w;
  CHECK(as(w, "jane", "GET", kPods).status == 403);
  w.call(
      "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
      R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"reader"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]})");
  grant(w, "Role", "reader", "jane");
  CHECK(as(w, "jane", "GET", kPods).status == 200);
  CHECK(as(w, "joe", "GET", kPods).status == 403);
  CHECK(as(w, "jane", "GET", "/api/v1/namespaces/kube-system/pods").status == 403);
  auto create = as(w, "jane", "POST", kPods, pod_json("a"));
  CHECK(create.error->message ==
        "pods is forbidden: User \"jane\" cannot create resource \"pods\" in API group \"\" in the namespace "
        "\"default\"");
  CHECK(as(w, "jane", "GET", "/api/v1/namespaces/default/pods/a/log").status == 403);  // a subresource of its own
}

TEST_CASE("RBAC: edit includes view, and neither shows roles") {
  World w;
  grant(w, "ClusterRole", "edit", "ed");
  grant(w, "ClusterRole", "view", "vi");
  CHECK(as(w, "ed", "POST", kPods, pod_json("a")).status == 201);
  CHECK(as(w, "ed", "GET", kPods).status == 200);
  CHECK(as(w, "vi", "GET", kPods).status == 200);
  CHECK(as(w, "vi", "DELETE", "/api/v1/namespaces/default/pods/a").status == 403);
  CHECK(as(w, "vi", "GET", "/api/v1/namespaces/default/secrets").status == 403);
  CHECK(as(w, "ed", "GET", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles").status == 403);
}

TEST_CASE("RBAC: everyone known may look at discovery and ask about himself") {
  World w;
  CHECK(as(w, "jane", "GET", "/apis").status == 200);
  CHECK(as(w, "jane", "GET", "/metrics").error->message == "forbidden: User \"jane\" cannot get path \"/metrics\"");
  auto me = as(w, "jane", "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
               R"({"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"})");
  CHECK(has(me.body, "\"username\":\"jane\",\"groups\":[\"system:authenticated\"]"));
  const char* ask =
      R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"list","resource":"pods","namespace":"default"}}})";
  CHECK(has(as(w, "jane", "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", ask).body,
            "\"status\":{\"allowed\":false}"));
  CHECK(has(w.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", ask).body,
            "\"status\":{\"allowed\":true}"));
  auto rules = w.call(
      "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
      R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","spec":{"namespace":"default"}})");
  CHECK(has(rules.body, R"({"verbs":["*"],"apiGroups":["*"],"resources":["*"]})"));
}

TEST_CASE("RBAC: impersonation acts as another, if one may") {
  World w;
  auto r = w.request("GET", kPods);
  r.headers.set("impersonate-user", "jane");
  CHECK(
      w.call(r).error->message ==
      "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"");
  r.identity.user = "joe";
  r.identity.groups.clear();
  CHECK(w.call(r).error->message ==
        "users \"jane\" is forbidden: User \"joe\" cannot impersonate resource \"users\" in API group \"\" at the "
        "cluster scope");
}
