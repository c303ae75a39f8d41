#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct FixedMetrics final : ports::MetricsSource {
  std::vector<ports::NodeUsage> nodes;
  std::vector<ports::PodUsage> pods;
  std::vector<ports::NodeUsage> node_usage() const override { return nodes; }
  std::vector<ports::PodUsage> pod_usage() const override { return pods; }
};

constexpr const char* kUrl = "/apis/metrics.k8s.io/v1beta1";

}  // namespace

// https://github.com/kubernetes/metrics: what `kubectl top` reads.
TEST_CASE("Metrics: usage of nodes and of pods that still are the ones measured, with their labels") {
  FixedMetrics source;
  apiserver::Options options = without_accounts();
  options.metrics = &source;
  World w(options);
  w.call("POST", "/api/v1/nodes", R"({"metadata":{"name":"n1"}})");
  auto made = w.call("POST", "/api/v1/namespaces/default/pods", pod_json("a", R"(,"labels":{"app":"web"})"));
  REQUIRE(made.status == 201);
  std::string uid = made.body.str();
  uid = uid.substr(uid.find("\"uid\":\"") + 7, 36);
  source.nodes = {{"n1", w.clock.now(), seconds(15), {250'000'000, 3 << 20}}, {"gone", w.clock.now(), seconds(15), {}}};
  source.pods = {{"default", "a", Str(uid), w.clock.now(), seconds(15), {{"web", {1'234'567, 5000}}}},
                 {"default", "b", "other", w.clock.now(), seconds(15), {{"web", {}}}}};
  std::string nodes = w.get(cat(kUrl, "/nodes")).body.str();
  CHECK(has(nodes, R"("usage":{"cpu":"250m","memory":"3Mi"})"));
  CHECK(!has(nodes, "gone"));
  std::string pods = w.get(cat(kUrl, "/namespaces/default/pods?labelSelector=app=web")).body.str();
  CHECK(has(pods, R"("kind":"PodMetricsList")"));
  CHECK(has(pods, R"("window":"15s")"));
  CHECK(has(pods, R"("containers":[{"name":"web","usage":{"cpu":"1234567n","memory":"5Ki"}}])"));
  CHECK(!has(pods, "\"b\""));
  CHECK(has(w.get(cat(kUrl, "/nodes/n1")).body, R"("kind":"NodeMetrics")"));
  CHECK(w.get(cat(kUrl, "/namespaces/default/pods/x")).error->message == "pods.metrics.k8s.io \"x\" not found");
  CHECK(w.call("DELETE", cat(kUrl, "/nodes/n1")).status == 405);
}
