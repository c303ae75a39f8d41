#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {


std::string limited(const char* name, const char* resources) {
  return cat(R"({"metadata":{"name":")", name, R"("},"spec":{"containers":[{"name":"c","image":"i","resources":)",
             resources, "}]}}");
}

void add_range(World& w, const char* items) {
  REQUIRE(w.call("POST", "/api/v1/namespaces/default/limitranges",
                 cat(R"({"metadata":{"name":"limits"},"spec":{"limits":[)", items, "]}}"))
              .status == 201);
}

// A quota whose controller has counted nothing yet but what is given as used.
void add_quota(World& w, const char* hard, const char* used) {
  REQUIRE(w.call("POST", "/api/v1/namespaces/default/resourcequotas",
                 cat(R"({"metadata":{"name":"q"},"spec":{"hard":)", hard, "}}"))
              .status == 201);
  REQUIRE(w.call("PUT", "/api/v1/namespaces/default/resourcequotas/q/status",
                 cat(R"({"metadata":{"name":"q"},"spec":{"hard":)", hard, R"(},"status":{"hard":)", hard,
                     ",\"used\":", used, "}}"))
              .status == 200);
}


}  // namespace

// https://kubernetes.io/docs/tasks/administer-cluster/manage-resources/cpu-constraint-namespace/
TEST_CASE("LimitRanger: containers outside of min and max are refused, those that say nothing get the defaults") {
  World w(without_accounts());
  add_range(w, R"({"type":"Container","max":{"cpu":"800m"},"min":{"cpu":"200m"}})");
  std::string made = w.call("POST", kPods, limited("a", "{}")).body.str();
  CHECK(has(made, R"("limits":{"cpu":"800m"})"));
  CHECK(has(made, R"("requests":{"cpu":"800m"})"));
  CHECK(has(made, "LimitRanger plugin set: cpu request for container c; cpu limit for container c"));
  CHECK(refusal(w.call("POST", kPods, limited("b", R"({"limits":{"cpu":"1500m"},"requests":{"cpu":"500m"}})"))) ==
        "pods \"b\" is forbidden: maximum cpu usage per Container is 800m, but limit is 1500m");
  CHECK(refusal(w.call("POST", kPods, limited("c", R"({"limits":{"cpu":"800m"},"requests":{"cpu":"100m"}})"))) ==
        "pods \"c\" is forbidden: minimum cpu usage per Container is 200m, but request is 100m");
}

TEST_CASE("LimitRanger: all faults are told at once; ratios, pods and claims have limits too") {
  World w(without_accounts());
  add_range(w, R"({"type":"Container","max":{"memory":"1Gi"},"maxLimitRequestRatio":{"cpu":"2"}},
                  {"type":"Pod","max":{"cpu":"2"}},{"type":"PersistentVolumeClaim","min":{"storage":"1Gi"},"max":{"storage":"2Gi"}})");
  CHECK(
      refusal(w.call("POST", kPods,
                     limited("a", R"({"limits":{"cpu":"3","memory":"2Gi"},"requests":{"cpu":"1","memory":"1Gi"}})"))) ==
      "pods \"a\" is forbidden: [maximum memory usage per Container is 1Gi, but limit is 2Gi, cpu max limit to request "
      "ratio "
      "per Container is 2, but provided ratio is 3.000000, maximum cpu usage per Pod is 2, but limit is 3]");
  auto claim = [&](const char* size) {
    return refusal(w.call(
        "POST", "/api/v1/namespaces/default/persistentvolumeclaims",
        cat(R"({"metadata":{"name":"p"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":")",
            size, "\"}}}}")));
  };
  CHECK(claim("5Gi") ==
        "persistentvolumeclaims \"p\" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but "
        "request is 5Gi");
  CHECK(claim("500Mi") ==
        "persistentvolumeclaims \"p\" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, "
        "but request is 500Mi");
  CHECK(claim("1Gi") == "allowed");
}

// https://kubernetes.io/docs/tasks/administer-cluster/manage-resources/quota-memory-cpu-namespace/
TEST_CASE("ResourceQuota: what would exceed it is refused, and what goes in is charged in the same turn") {
  World w(without_accounts());
  add_quota(w, R"({"requests.cpu":"1","requests.memory":"1Gi","limits.cpu":"2","limits.memory":"2Gi"})",
            R"({"requests.cpu":"0","requests.memory":"0","limits.cpu":"0","limits.memory":"0"})");
  const char* first = R"({"limits":{"memory":"800Mi","cpu":"800m"},"requests":{"memory":"600Mi","cpu":"400m"}})";
  const char* second = R"({"limits":{"memory":"1Gi","cpu":"800m"},"requests":{"memory":"700Mi","cpu":"400m"}})";
  REQUIRE(refusal(w.call("POST", kPods, limited("one", first))) == "allowed");
  CHECK(has(w.get("/api/v1/namespaces/default/resourcequotas/q").body,
            R"("used":{"limits.cpu":"800m","limits.memory":"800Mi","requests.cpu":"400m","requests.memory":"600Mi"})"));
  CHECK(refusal(w.call("POST", kPods, limited("two", second))) ==
        "pods \"two\" is forbidden: exceeded quota: q, requested: requests.memory=700Mi, used: requests.memory=600Mi, "
        "limited: requests.memory=1Gi");
  CHECK(refusal(w.call("POST", kPods, limited("three", "{}"))) ==
        "pods \"three\" is forbidden: failed quota: q: must specify limits.cpu for: c; limits.memory for: c; "
        "requests.cpu for: "
        "c; requests.memory for: c");
  uint64_t left = w.begin(w.request("POST", kPods, limited("l", first))),
           right = w.begin(w.request("POST", kPods, limited("r", first)));
  w.wait(millis(10));
  CHECK(w.replies[left][0].status + w.replies[right][0].status == 403 + 403);  // 600Mi of 1Gi are taken: neither fits
}

TEST_CASE("ResourceQuota: counts any kind, charges growth, and leaves dry runs and refused writes uncharged") {
  World w(without_accounts());
  add_quota(w, R"({"configmaps":"1","services":"1","services.nodeports":"1","count/deployments.apps":"0"})",
            R"({"configmaps":"0","services":"0","services.nodeports":"0","count/deployments.apps":"0"})");
  auto config = [&](const char* name, const char* query = "") {
    return refusal(w.call("POST", cat("/api/v1/namespaces/default/configmaps", query),
                          cat(R"({"metadata":{"name":")", name, "\"}}")));
  };
  CHECK(config("dry", "?dryRun=All") == "allowed");
  CHECK(config("Not_Valid").find("is invalid") != std::string::npos);
  CHECK(config("a") == "allowed");
  CHECK(config("b") ==
        "configmaps \"b\" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: "
        "configmaps=1");
  REQUIRE(refusal(w.call(
              "POST", "/api/v1/namespaces/default/services",
              R"({"metadata":{"name":"s"},"spec":{"ports":[{"name":"a","port":80},{"name":"b","port":81}]}})")) ==
          "allowed");
  CHECK(refusal(w.patch("application/merge-patch+json", "/api/v1/namespaces/default/services/s",
                        R"({"spec":{"type":"NodePort"}})")) ==
        "services \"s\" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, "
        "limited: "
        "services.nodeports=1");
}

// https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
TEST_CASE("ResourceQuota: scopes choose the pods that it holds for") {
  World w(without_accounts());
  REQUIRE(w.call("POST", "/api/v1/namespaces/default/resourcequotas",
                 R"({"metadata":{"name":"best"},"spec":{"hard":{"pods":"0"},"scopes":["BestEffort"]}})")
              .status == 201);
  w.call(
      "PUT", "/api/v1/namespaces/default/resourcequotas/best/status",
      R"({"metadata":{"name":"best"},"spec":{"hard":{"pods":"0"},"scopes":["BestEffort"]},"status":{"hard":{"pods":"0"},"used":{"pods":"0"}}})");
  CHECK(refusal(w.call("POST", kPods, limited("a", R"({"requests":{"cpu":"1m"}})"))) == "allowed");
  CHECK(refusal(w.call("POST", kPods, limited("b", "{}"))) ==
        "pods \"b\" is forbidden: exceeded quota: best, requested: pods=1, used: pods=0, limited: pods=0");
}

// https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
TEST_CASE("ResourceQuota: scopes that exclude each other or can't count what is limited") {
  World w;
  auto quota = [&](std::string_view spec) {
    return refusal(w.call("POST", "/api/v1/namespaces/default/resourcequotas",
                          cat(R"({"metadata":{"name":"q"},"spec":)", spec, "}")));
  };
  const std::string kIs = "ResourceQuota \"q\" is invalid: spec.scopes: Invalid value: ";
  CHECK(quota(R"({"hard":{"cpu":"1"},"scopes":["BestEffort"]})") ==
        kIs + "[\"BestEffort\"]: unsupported scope applied to resource");
  CHECK(quota(R"({"hard":{"pods":"1"},"scopes":["BestEffort","NotBestEffort"]})") ==
        kIs + "[\"BestEffort\",\"NotBestEffort\"]: conflicting scopes");
  CHECK(quota(R"({"hard":{"pods":"1"},"scopes":["Odd"]})") == kIs + "[\"Odd\"]: unsupported scope");
  CHECK(quota(R"({"hard":{"pods":"1","limits.cpu":"1"},"scopes":["NotTerminating"]})") == "allowed");
}
