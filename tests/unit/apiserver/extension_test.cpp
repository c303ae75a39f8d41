// Webhook configurations, admission policies, priority and fairness, API services. Behaviour and words:
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/, kube-apiserver v1.35.
#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {

constexpr const char* kAdmissionRoom = "/apis/admissionregistration.k8s.io/v1";
constexpr const char* kHooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
constexpr const char* kGuardedMaps = "/api/v1/namespaces/default/configmaps";

std::string hook(std::string_view more, std::string_view kind = "ValidatingWebhookConfiguration") {
  return cat(R"({"apiVersion":"admissionregistration.k8s.io/v1","kind":")", kind,
             R"(","metadata":{"name":"guard"},"webhooks":[{"name":"guard.example.com","sideEffects":"None",
      "admissionReviewVersions":["v1"],"clientConfig":{"service":{"namespace":"default","name":"guard","path":"/check"}},
      "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}])",
             more, "}]}");
}

std::string map_named(std::string_view name, std::string_view labels = "{}") {
  return cat(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")", name, R"(","labels":)", labels, "}}");
}

constexpr const char* kGuard =
    R"({"metadata":{"name":"guard"},"spec":{"selector":{"app":"guard"},"ports":[{"port":443}]}})";
constexpr const char* kSlice =
    R"({"metadata":{"name":"guard-1","labels":{"kubernetes.io/service-name":"guard"}},"addressType":"IPv4",
        "endpoints":[{"addresses":["10.244.0.9"],"conditions":{"ready":true}}]})";

}  // namespace

TEST_CASE("Webhooks: their configurations are kept, with what they leave out") {
  World w;
  auto made = w.call("POST", kHooks, hook(""));
  REQUIRE(made.status == 201);
  CHECK(has(made.body, R"("generation":1)"));
  CHECK(has(made.body,
            R"("failurePolicy":"Fail","matchPolicy":"Equivalent","namespaceSelector":{},"objectSelector":{})"));
  CHECK(has(made.body, R"("timeoutSeconds":10)"));
  CHECK(has(made.body, R"("port":443)"));
  CHECK(has(made.body, R"("scope":"*")"));
  auto mutating =
      w.call("POST", cat(kAdmissionRoom, "/mutatingwebhookconfigurations"), hook("", "MutatingWebhookConfiguration"));
  CHECK(has(mutating.body, R"("reinvocationPolicy":"Never")"));
  std::string groups = w.get("/apis").body.str();
  for (const char* group : {"admissionregistration.k8s.io", "flowcontrol.apiserver.k8s.io", "apiregistration.k8s.io"})
    CHECK(has(groups, cat("{\"name\":\"", group, "\",\"versions\":[{\"groupVersion\":\"", group, "/v1\"")));
}

TEST_CASE("Webhooks: what a configuration must say") {
  World w;
  auto bad = [&](std::string_view from, std::string_view to) {
    std::string text = hook("");
    size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return refusal(w.call("POST", kHooks, text.replace(at, from.size(), to)));
  };
  const std::string kIs = "ValidatingWebhookConfiguration.admissionregistration.k8s.io \"guard\" is invalid: ";
  CHECK(bad("guard.example.com", "guard") == kIs +
                                                 "webhooks[0].name: Invalid value: \"guard\": should be a domain with "
                                                 "at least three segments separated by dots");
  CHECK(bad(R"("sideEffects":"None",)", "") ==
        kIs + "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun");
  CHECK(bad(R"("sideEffects":"None")", R"("sideEffects":"Some")") ==
        kIs + "webhooks[0].sideEffects: Unsupported value: \"Some\": supported values: \"None\", \"NoneOnDryRun\"");
  CHECK(bad(R"(["v1"],"clientConfig")", R"(["v9"],"clientConfig")") ==
        kIs + "webhooks[0].admissionReviewVersions: Invalid value: [\"v9\"]: must include at least one of v1, v1beta1");
  CHECK(bad(R"("service":{"namespace":"default","name":"guard","path":"/check"})", "") ==
        kIs + "webhooks[0].clientConfig: Required value: exactly one of url or service is required");
  CHECK(bad(R"("operations":["CREATE"])", R"("operations":["CREATE","*"])") ==
        kIs +
            "webhooks[0].rules[0].operations: Invalid value: [\"CREATE\",\"*\"]: if '*' is present, must not specify "
            "other operations");
}

TEST_CASE("Webhooks: one that can't be called refuses what it should have seen, unless it is to be ignored") {
  World w;
  REQUIRE(w.call("POST", kHooks, hook("")).status == 201);
  const std::string kCall =
      "Internal error occurred: failed calling webhook \"guard.example.com\": failed to call webhook: Post "
      "\"https://guard.default.svc:443/check?timeout=10s\": ";
  auto refused = w.call("POST", kGuardedMaps, map_named("a"));
  CHECK(refused.status == 500);
  CHECK(refusal(refused) == kCall + "service \"guard\" not found");
  REQUIRE(w.call("POST", "/api/v1/namespaces/default/services", kGuard).status == 201);
  CHECK(refusal(w.call("POST", kGuardedMaps, map_named("a"))) == kCall + "no endpoints available for service \"guard\"");
  CHECK(w.call("POST", "/api/v1/namespaces/default/secrets", R"({"metadata":{"name":"a"}})").status == 201);
  CHECK(w.patch("application/merge-patch+json", cat(kHooks, "/guard"),
                R"({"webhooks":null,"metadata":{"labels":{"still":"changeable"}}})")
            .status == 200);
  CHECK(w.call("POST", kGuardedMaps, map_named("a")).status == 201);
  CHECK(w.call("DELETE", cat(kHooks, "/guard")).status == 200);
  REQUIRE(w.call("POST", kHooks, hook(R"(,"failurePolicy":"Ignore")")).status == 201);
  CHECK(w.call("POST", kGuardedMaps, map_named("b")).status == 201);
}

TEST_CASE("Webhooks: selectors choose by the labels of the namespace and of the object") {
  World w;
  REQUIRE(w.call("POST", kHooks, hook(R"(,"objectSelector":{"matchLabels":{"guarded":"yes"}},
      "namespaceSelector":{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["free"]}]})"))
              .status == 201);
  REQUIRE(w.call("POST", "/api/v1/namespaces", R"({"metadata":{"name":"free"}})").status == 201);
  CHECK(w.call("POST", kGuardedMaps, map_named("plain")).status == 201);
  CHECK(w.call("POST", kGuardedMaps, map_named("guarded", R"({"guarded":"yes"})")).status == 500);
  CHECK(w.call("POST", "/api/v1/namespaces/free/configmaps", map_named("guarded", R"({"guarded":"yes"})")).status ==
        201);
}

TEST_CASE("Webhooks: one that would be called is told of in a warning") {
  World w;
  REQUIRE(w.call("POST", kHooks, hook("")).status == 201);
  REQUIRE(w.call("POST", "/api/v1/namespaces/default/services", kGuard).status == 201);
  REQUIRE(w.call("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", kSlice).status == 201);
  auto made = w.call("POST", kGuardedMaps, map_named("a"));
  CHECK(made.status == 201);
  REQUIRE(made.warnings.size() == 1);
  CHECK(made.warnings[0] == "webhook \"guard.example.com\" was not called: Orrery calls no webhooks");
}

TEST_CASE("API services and flow schemas: what they must say, and how they print") {
  World w;
  constexpr const char* kServices = "/apis/apiregistration.k8s.io/v1/apiservices";
  CHECK(refusal(
            w.call("POST", kServices, R"({"metadata":{"name":"x"},"spec":{"group":"metrics.k8s.io","version":"v1beta1",
      "groupPriorityMinimum":100,"versionPriority":100}})")) ==
        "APIService.apiregistration.k8s.io \"x\" is invalid: metadata.name: Invalid value: \"x\": must be "
        "`spec.version+\".\"+spec.group`: \"v1beta1.metrics.k8s.io\"");
  CHECK(w.call("POST", kServices, R"({"metadata":{"name":"v1beta1.metrics.k8s.io"},"spec":{"group":"metrics.k8s.io",
      "version":"v1beta1","groupPriorityMinimum":100,"versionPriority":100,
      "service":{"namespace":"kube-system","name":"metrics-server"}}})")
            .status == 201);
  std::string table = w.accept("application/json;as=Table;v=v1;g=meta.k8s.io", kServices).body.str();
  CHECK(has(table, R"("cells":["v1beta1.metrics.k8s.io","kube-system/metrics-server","Unknown",)"));
  constexpr const char* kFlows = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";
  CHECK(w.call("POST", kFlows,
               R"({"metadata":{"name":"f"},"spec":{"priorityLevelConfiguration":{"name":"global-default"}}})")
            .status == 201);
  CHECK(has(w.accept("application/json;as=Table;v=v1;g=meta.k8s.io", kFlows).body,
            R"("cells":["f","global-default",1000,"\u003cnone\u003e",)"));
}
