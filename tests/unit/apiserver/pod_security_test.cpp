#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct Secured {
  World w{without_accounts()};
  Secured(const char* mode, const char* level) {
    w.call("POST", "/api/v1/namespaces",
           cat(R"({"metadata":{"name":"s","labels":{"pod-security.kubernetes.io/)", mode, "\":\"", level, "\"}}}"));
  }
  ports::ApiReply pod(const char* spec_more, const char* context = "") {
    return w.call("POST", "/api/v1/namespaces/s/pods",
                  cat(R"({"metadata":{"name":"nginx"},"spec":{"containers":[{"name":"nginx","image":"nginx")", context,
                      "}]", spec_more, "}}"));
  }
  std::string refused(const char* spec_more, const char* context = "") {
    auto r = pod(spec_more, context);
    constexpr std::string_view kHead = "pods \"nginx\" is forbidden: violates PodSecurity ";
    if (!r.error) return "allowed";
    REQUIRE(r.error->message.view().substr(0, kHead.size()) == kHead);
    return r.error->message.str().substr(kHead.size());
  }
};

}  // namespace

// https://kubernetes.io/docs/tutorials/security/ns-level-pss/ prints the first message.
TEST_CASE("PodSecurity: a level that is enforced refuses a pod with all that is wrong with it") {
  Secured restricted("enforce", "restricted");
  CHECK(restricted.refused("") ==
        "\"restricted:latest\": allowPrivilegeEscalation != false (container \"nginx\" must set "
        "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"nginx\" must set "
        "securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"nginx\" must set "
        "securityContext.runAsNonRoot=true), seccompProfile (pod or container \"nginx\" must set "
        "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")");
  CHECK(restricted.refused(
            R"(,"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}})",
            R"(,"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}})") == "allowed");
}

TEST_CASE("PodSecurity: what baseline forbids, in its words") {
  Secured baseline("enforce", "baseline");
  CHECK(baseline.refused("", R"(,"securityContext":{"privileged":true})") ==
        "\"baseline:latest\": privileged (container \"nginx\" must not set securityContext.privileged=true)");
  CHECK(baseline.refused(R"(,"hostNetwork":true,"hostPID":true)") ==
        "\"baseline:latest\": host namespaces (hostNetwork=true, hostPID=true)");
  CHECK(baseline.refused(R"(,"volumes":[{"name":"a","hostPath":{"path":"/"}},{"name":"b","hostPath":{"path":"/"}}])") ==
        "\"baseline:latest\": hostPath volumes (volumes \"a\", \"b\")");
  CHECK(baseline.refused("", R"(,"ports":[{"containerPort":80,"hostPort":8080}])") ==
        "\"baseline:latest\": hostPort (container \"nginx\" uses hostPort 8080)");
  CHECK(baseline.refused("", R"(,"securityContext":{"capabilities":{"add":["NET_ADMIN","CHOWN"]}})") ==
        "\"baseline:latest\": non-default capabilities (container \"nginx\" must not include \"NET_ADMIN\" in "
        "securityContext.capabilities.add)");
  CHECK(baseline.refused(R"(,"securityContext":{"seccompProfile":{"type":"Unconfined"}})") ==
        "\"baseline:latest\": seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")");
  CHECK(baseline.refused(R"(,"securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]})") ==
        "\"baseline:latest\": forbidden sysctls (kernel.msgmax)");
  CHECK(baseline.refused("") == "allowed");
}

TEST_CASE("PodSecurity: warns of pods and of the pods that workloads would make, without refusing them") {
  Secured warned("warn", "baseline");
  auto r = warned.pod(R"(,"hostIPC":true)");
  CHECK(r.status == 201);
  REQUIRE(r.warnings.size() == 1);
  CHECK(r.warnings[0] == "would violate PodSecurity \"baseline:latest\": host namespaces (hostIPC=true)");
  auto d = warned.w.call(
      "POST", "/apis/apps/v1/namespaces/s/deployments",
      R"({"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
      "spec":{"hostPID":true,"containers":[{"name":"c","image":"i"}]}}}})");
  CHECK(d.status == 201);
  REQUIRE(d.warnings.size() == 1);
  CHECK(d.warnings[0] == "would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)");
}
