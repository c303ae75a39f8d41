// An autoscaler in autoscaling/v1: what that version has no field for stands in annotations, and comes back from them.
// Source: pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/annotations.go.
#include <nlohmann/json.hpp>

#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;
using nlohmann::json;

namespace {

constexpr const char* kV1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
constexpr const char* kV2 = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";

constexpr const char* kFourMetrics =
    R"({"metadata":{"name":"web","annotations":{"team":"shop"}},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"maxReplicas":9,"metrics":[)"
    R"({"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}},)"
    R"({"type":"Pods","pods":{"metric":{"name":"packets"},"target":{"type":"AverageValue","averageValue":"1k"}}},)"
    R"({"type":"Object","object":{"metric":{"name":"requests"},"describedObject":{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","name":"front"},"target":{"type":"Value","value":"10k"}}},)"
    R"({"type":"External","external":{"metric":{"name":"queue","selector":{"matchLabels":{"queue":"orders"}}},"target":{"type":"AverageValue","averageValue":"30"}}}],)"
    R"("behavior":{"scaleDown":{"stabilizationWindowSeconds":60,"selectPolicy":"Max","policies":[{"type":"Percent","value":10,"periodSeconds":15}]}}}})";

}  // namespace

TEST_CASE("autoscaling/v1: metrics that it has no field for are annotations") {
  World w;
  REQUIRE(w.call("POST", kV2, kFourMetrics).status == 201);
  const json old = json::parse(w.get(cat(kV1, "/web")).body.str());
  CHECK(old["spec"]["targetCPUUtilizationPercentage"] == 50);
  const json notes = old["metadata"]["annotations"];
  CHECK(notes["team"] == "shop");
  CHECK(json::parse(notes["autoscaling.alpha.kubernetes.io/metrics"].get<std::string>()) ==
        json::parse(R"([{"type":"Pods","pods":{"metricName":"packets","targetAverageValue":"1k"}},)"
                    R"({"type":"Object","object":{"target":{"kind":"Ingress","name":"front","apiVersion":"networking.k8s.io/v1"},"metricName":"requests","targetValue":"10k"}},)"
                    R"({"type":"External","external":{"metricName":"queue","metricSelector":{"matchLabels":{"queue":"orders"}},"targetAverageValue":"30"}}])"));
  CHECK(has(notes["autoscaling.alpha.kubernetes.io/behavior"].get<std::string>(), R"("ScaleDown":{"StabilizationWindowSeconds":60)"));
  CHECK(!notes.contains("autoscaling.alpha.kubernetes.io/current-metrics"));
}

TEST_CASE("autoscaling/v1: a change made there loses nothing") {
  World w;
  REQUIRE(w.call("POST", kV2, kFourMetrics).status == 201);
  const json before = json::parse(w.get(cat(kV2, "/web")).body.str());
  json old = json::parse(w.get(cat(kV1, "/web")).body.str());
  old["spec"]["maxReplicas"] = 12;
  REQUIRE(w.call("PUT", cat(kV1, "/web"), old.dump()).status == 200);
  const json after = json::parse(w.get(cat(kV2, "/web")).body.str());
  CHECK(after["spec"]["maxReplicas"] == 12);
  CHECK(after["spec"]["metrics"] == before["spec"]["metrics"]);
  CHECK(after["spec"]["behavior"] == before["spec"]["behavior"]);
  CHECK(after["metadata"]["annotations"] == json({{"team", "shop"}}));
}
