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

// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
TEST_CASE("RBAC: nobody grants what they don't hold, by a role or by binding one") {
  World w;
  constexpr const char* kRbac = "/apis/rbac.authorization.k8s.io/v1";
  auto make = [&](std::string_view resource, std::string_view body) {
    REQUIRE(w.call("POST", cat(kRbac, "/", resource), body).status == 201);
  };
  make("clusterroles", R"({"metadata":{"name":"granter"},"rules":[
    {"apiGroups":[""],"resources":["pods"],"verbs":["get"]},
    {"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles","rolebindings","clusterrolebindings"],"verbs":["create","update","patch"]}]})");
  make("clusterrolebindings", R"({"metadata":{"name":"granter"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"granter"},
    "subjects":[{"kind":"User","name":"bob","apiGroup":"rbac.authorization.k8s.io"}]})");
  auto as_bob = [&](std::string_view resource, std::string_view body) {
    ports::ApiRequest r = w.request("POST", cat(kRbac, "/", resource), body);
    r.identity.user = "bob";
    r.identity.groups = {};
    return w.call(std::move(r));
  };
  auto role = [](const char* name, const char* verbs) {
    return cat(R"({"metadata":{"name":")", name, R"("},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":)", verbs, "}]}");
  };
  CHECK(as_bob("namespaces/default/roles", role("held", R"(["get"])")).status == 201);
  auto refused = as_bob("namespaces/default/roles", role("more", R"(["get","list","delete"])"));
  REQUIRE(refused.status == 403);
  CHECK(refused.error->message ==
        "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"bob\" (groups=[\"system:authenticated\"]) is attempting to "
        "grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"list\" \"delete\"]}");
  auto bound = as_bob("clusterrolebindings", R"({"metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole",
    "name":"cluster-admin"},"subjects":[{"kind":"User","name":"bob","apiGroup":"rbac.authorization.k8s.io"}]})");
  REQUIRE(bound.status == 403);
  CHECK(has(bound.error->message, "{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}"));
  CHECK(as_bob("namespaces/default/rolebindings", R"({"metadata":{"name":"r"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role",
    "name":"held"},"subjects":[{"kind":"User","name":"eve","apiGroup":"rbac.authorization.k8s.io"}]})").status == 201);
}

namespace {

// A kubelet of that node, or a controller's account.
World::Reply as_component(World& w, std::string_view user, std::string_view group, const char* method, std::string_view url,
                          std::string_view body = {}) {
  auto r = w.request(method, url, body);
  r.identity.user = Str(user);
  r.identity.groups = {Str(group)};
  return w.call(r);
}

World::Reply as_node(World& w, const char* method, std::string_view url, std::string_view body = {}) {
  return as_component(w, "system:node:node-1", "system:nodes", method, url, body);
}

std::string said(const World::Reply& r) { return r.error ? r.error->message.str() : "allowed"; }

}  // namespace

// https://kubernetes.io/docs/reference/access-authn-authz/node/
TEST_CASE("node authorizer: a kubelet reads what its own pods name, and nothing else") {
  World w;
  for (const char* name : {"mine", "other"})
    REQUIRE(w.call("POST", "/api/v1/namespaces/default/secrets", cat(R"({"metadata":{"name":")", name, "\"}}")).status == 201);
  REQUIRE(w.call("POST", kPods, pod_json("a", "", R"(,"nodeName":"node-1","volumes":[{"name":"v","secret":{"secretName":"mine"}}])"))
              .status == 201);
  REQUIRE(w.call("POST", kPods, pod_json("b", "", R"(,"nodeName":"node-2")")).status == 201);
  CHECK(as_node(w, "GET", "/api/v1/namespaces/default/secrets/mine").status == 200);
  CHECK(said(as_node(w, "GET", "/api/v1/namespaces/default/secrets/other")) ==
        "secrets \"other\" is forbidden: User \"system:node:node-1\" cannot get resource \"secrets\" in API group \"\" in the "
        "namespace \"default\": no relationship found between node 'node-1' and this object");
  CHECK(as_node(w, "GET", "/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Dmine").status == 403);
  auto narrowed = w.request("GET", "/api/v1/namespaces/default/secrets");
  narrowed.query.push_back({"fieldSelector", "metadata.name=mine"});
  narrowed.identity.user = "system:node:node-1";
  narrowed.identity.groups = {Str("system:nodes")};
  CHECK(w.call(narrowed).status == 200);
  CHECK(said(as_node(w, "GET", "/api/v1/secrets")) ==
        "secrets is forbidden: User \"system:node:node-1\" cannot list resource \"secrets\" in API group \"\" at the cluster "
        "scope: No Object name found");
  CHECK(as_node(w, "GET", "/api/v1/nodes").status == 200);
  CHECK(as_node(w, "DELETE", "/api/v1/nodes/node-1").status == 403);
  CHECK(as_node(w, "GET", "/apis/apps/v1/deployments").status == 403);
}

TEST_CASE("NodeRestriction: a kubelet writes its own node and pods") {
  World w;
  REQUIRE(w.call("POST", kPods, pod_json("b", "", R"(,"nodeName":"node-2")")).status == 201);
  CHECK(as_node(w, "POST", "/api/v1/nodes", R"({"metadata":{"name":"node-1"}})").status == 201);
  CHECK(said(as_node(w, "POST", "/api/v1/nodes", R"({"metadata":{"name":"node-2"}})")) ==
        "nodes \"node-2\" is forbidden: node \"node-1\" is not allowed to modify node \"node-2\"");
  CHECK(said(as_node(w, "DELETE", cat(kPods, "/b"))) ==
        "pods \"b\" is forbidden: node \"node-1\" can only delete pods with spec.nodeName set to itself");
  CHECK(said(as_node(w, "POST", kPods, pod_json("c"))) ==
        "pods \"c\" is forbidden: pod does not have \"kubernetes.io/config.mirror\" annotation, node \"node-1\" can only create "
        "mirror pods");
}

// plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/controller-roles.yaml
TEST_CASE("controllers act under their own roles") {
  World w;
  auto as_account = [&](std::string_view name, const char* method, std::string_view url) {
    return as_component(w, cat("system:serviceaccount:kube-system:", name), "system:serviceaccounts", method, url).status;
  };
  CHECK(as_account("deployment-controller", "GET", "/apis/apps/v1/replicasets") == 200);
  CHECK(as_account("deployment-controller", "GET", "/api/v1/secrets") == 403);
  CHECK(as_account("node-controller", "GET", "/api/v1/nodes") == 200);
  CHECK(as_account("ttl-after-finished-controller", "DELETE", "/api/v1/namespaces/default/pods/x") == 403);
  CHECK(as_account("nobody-knows-it", "GET", "/api/v1/pods") == 403);
  CHECK(as_component(w, "system:kube-scheduler", "x", "GET", "/api/v1/pods").status == 200);
  CHECK(as_component(w, "system:kube-scheduler", "x", "GET", "/api/v1/secrets").status == 403);
}

TEST_CASE("RBAC: what was decided is forgotten when a role or binding changes") {
  World w;
  CHECK(as(w, "jane", "GET", kPods).status == 403);
  grant(w, "ClusterRole", "view", "jane");
  CHECK(as(w, "jane", "GET", kPods).status == 200);
  CHECK(w.call("DELETE", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings/jane-view").status == 200);
  CHECK(as(w, "jane", "GET", kPods).status == 403);
}
