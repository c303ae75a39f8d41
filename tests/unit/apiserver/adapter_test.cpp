// Shapes from k8s.io/metrics pkg/apis, paths and words from kubernetes-sigs/custom-metrics-apiserver.
#include <nlohmann/json.hpp>

#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;
using nlohmann::json;

namespace {

struct Adapter final : ports::MetricsSource {
  bool there = true, up = true;
  std::vector<ports::PodUsage> pods;
  std::vector<ports::ExternalValue> outside;
  bool answers() const override { return up; }
  std::vector<ports::NodeUsage> node_usage() const override { return {}; }
  std::vector<ports::PodUsage> pod_usage() const override { return pods; }
  bool has_adapter() const override { return there; }
  std::vector<ports::ExternalValue> external_values() const override { return outside; }
};

apiserver::Options with(const Adapter& adapter) {
  apiserver::Options options = without_accounts();
  options.metrics = &adapter;
  return options;
}

constexpr const char* kCustom = "/apis/custom.metrics.k8s.io/v1beta2";
constexpr const char* kExternal = "/apis/external.metrics.k8s.io/v1beta1";

// Two pods of the Service "web" and one beside it; what each answers is the caller's.
struct Shop {
  Adapter adapter;
  World w{with(adapter)};

  Shop() {
    for (const char* name : {"a", "b", "other"}) {
      const char* labels = std::string_view(name) == "other" ? R"(,"labels":{"app":"other"})" : R"(,"labels":{"app":"web"})";
      auto made = w.call("POST", kPods, pod_json(name, labels));
      REQUIRE(made.status == 201);
      const std::string uid = json::parse(made.body.str())["metadata"]["uid"];
      adapter.pods.push_back({"default", name, Str(uid), w.clock.now(), seconds(15), {}, {}});
    }
    w.call("POST", "/api/v1/namespaces/default/services", R"({"metadata":{"name":"web"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}})");
    w.call("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
           R"({"metadata":{"name":"web-1","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","endpoints":[)"
           R"({"addresses":["10.0.0.1"],"targetRef":{"kind":"Pod","name":"a"}},{"addresses":["10.0.0.2"],"targetRef":{"kind":"Pod","name":"b"}}]})");
    w.call("POST", "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
           R"({"metadata":{"name":"front"},"spec":{"rules":[{"http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"web","port":{"number":80}}}}]}}]}})");
  }
  void count(int64_t a, int64_t b, int64_t other) {
    adapter.pods[0].http_requests_milli = a;
    adapter.pods[1].http_requests_milli = b;
    adapter.pods[2].http_requests_milli = other;
  }
  json items(const std::string& path) { return json::parse(w.get(path).body.str())["items"]; }
  std::string why(const std::string& path) { return refusal(w.get(path)); }
};

}  // namespace

TEST_CASE("Adapter: without one its groups are not there") {
  Adapter none;
  none.there = false;
  World w(with(none));
  CHECK(!has(w.get("/apis").body, "custom.metrics"));
  CHECK(!has(w.get("/apis").body, "external.metrics"));
  CHECK(w.get(cat(kCustom, "/namespaces/default/pods/*/http_requests_per_second")).status == 404);
  CHECK(refusal(w.get(cat(kExternal, "/namespaces/default/x"))) == "the server could not find the requested resource");
}

TEST_CASE("Adapter: discovery names what is measured") {
  Shop s;
  CHECK(has(s.w.get("/apis").body, R"({"name":"custom.metrics.k8s.io","versions":[{"groupVersion":"custom.metrics.k8s.io/v1beta2","version":"v1beta2"},)"));
  CHECK(json::parse(s.w.get(kCustom).body.str())["resources"].empty());
  s.count(1000, 500, 0);
  s.adapter.outside = {{"queue", {{"name", "a"}}, Quantity::of(3)}, {"queue", {{"name", "b"}}, Quantity::of(4)}};
  const json custom = json::parse(s.w.get("/apis/custom.metrics.k8s.io/v1beta1").body.str());
  CHECK(custom["groupVersion"] == "custom.metrics.k8s.io/v1beta1");
  CHECK(custom["resources"][2] ==
        json::parse(R"({"name":"pods/http_requests_per_second","singularName":"","namespaced":true,"kind":"MetricValueList","verbs":["get"]})"));
  CHECK(json::parse(s.w.get(kExternal).body.str())["resources"] ==
        json::parse(R"([{"name":"queue","singularName":"","namespaced":true,"kind":"ExternalMetricValueList","verbs":["get"]}])"));
  const std::string aggregated = s.w.accept("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "/apis").body.str();
  CHECK(has(aggregated, R"({"resource":"pods","responseKind":{"group":"","version":"","kind":""},"scope":"Namespaced","singularResource":"","verbs":null,)"
                        R"("subresources":[{"subresource":"http_requests_per_second","responseKind":{"group":"","version":"","kind":"MetricValueList"},"verbs":["get"]}]})"));
}

TEST_CASE("Adapter: pods by label, in both versions") {
  Shop s;
  s.count(1500, 500, 7000);
  const std::string path = "/namespaces/default/pods/*/http_requests_per_second?labelSelector=app=web";
  const auto list = json::parse(s.w.get(cat(kCustom, path)).body.str());
  CHECK(list["kind"] == "MetricValueList");
  CHECK(list["apiVersion"] == "custom.metrics.k8s.io/v1beta2");
  REQUIRE(list["items"].size() == 2);
  const std::string at = list["items"][0]["timestamp"];
  CHECK(list["items"][0] == json({{"describedObject", {{"kind", "Pod"}, {"namespace", "default"}, {"name", "a"}, {"apiVersion", "/v1"}}},
                                  {"metric", {{"name", "http_requests_per_second"}, {"selector", nullptr}}},
                                  {"timestamp", at},
                                  {"windowSeconds", 15},
                                  {"value", "1500m"}}));
  CHECK(list["items"][1]["value"] == "500m");
  const auto old = json::parse(s.w.get(cat("/apis/custom.metrics.k8s.io/v1beta1", path)).body.str());
  CHECK(old["apiVersion"] == "custom.metrics.k8s.io/v1beta1");
  CHECK(old["items"][0] == json({{"describedObject", {{"kind", "Pod"}, {"namespace", "default"}, {"name", "a"}, {"apiVersion", "/v1"}}},
                                 {"metricName", "http_requests_per_second"},
                                 {"timestamp", at},
                                 {"window", 15},
                                 {"value", "1500m"},
                                 {"selector", nullptr}}));
}

TEST_CASE("Adapter: a Service, an Ingress and a Namespace have the sums over their pods") {
  Shop s;
  s.count(1500, 500, 7000);
  const std::string ns = cat(kCustom, "/namespaces/default");
  CHECK(s.items(ns + "/services/web/http_requests_per_second")[0]["value"] == "2");
  CHECK(s.items(ns + "/services/*/http_requests_per_second").size() == 1);
  const json ingress = s.items(ns + "/ingresses.networking.k8s.io/front/http_requests_per_second");
  CHECK(ingress[0]["value"] == "2");
  CHECK(ingress[0]["describedObject"]["apiVersion"] == "networking.k8s.io/v1");
  const json space = s.items(ns + "/metrics/http_requests_per_second");
  CHECK(space[0]["value"] == "9");
  CHECK(space[0]["describedObject"] == json({{"kind", "Namespace"}, {"name", "default"}, {"apiVersion", "/v1"}}));
}

TEST_CASE("Adapter: a pod that has gone is not measured, nor its successor of the same name") {
  Shop s;
  s.count(1500, 500, 7000);
  s.adapter.pods[0].uid = "before";
  CHECK(s.items(cat(kCustom, "/namespaces/default/pods/*/http_requests_per_second?labelSelector=app=web")).size() == 1);
  CHECK(s.items(cat(kCustom, "/namespaces/default/services/web/http_requests_per_second"))[0]["value"] == "500m");
}

TEST_CASE("Adapter: what is not measured is said in the framework's words") {
  Shop s;
  const std::string ns = cat(kCustom, "/namespaces/default");
  CHECK(s.why(ns + "/pods/*/http_requests_per_second") == "the server could not find the metric http_requests_per_second for pods");
  s.count(1500, 500, 7000);
  CHECK(s.w.get(ns + "/pods/*/packets_per_second").status == 404);
  CHECK(s.why(ns + "/pods/*/packets_per_second") == "the server could not find the metric packets_per_second for pods");
  CHECK(s.why(ns + "/services/nobody/http_requests_per_second") == "the server could not find the metric http_requests_per_second for services nobody");
  CHECK(s.why(cat(kCustom, "/nodes/n1/http_requests_per_second")) == "the server could not find the metric http_requests_per_second for nodes");
  CHECK(s.items(cat(kCustom, "/namespaces/elsewhere/pods/*/http_requests_per_second")).empty());
  CHECK(s.items(ns + "/pods/*/http_requests_per_second?metricLabelSelector=path=/x").empty());
  CHECK(s.items(ns + "/pods/*/http_requests_per_second?metricLabelSelector=path!=x")[0]["metric"]["selector"] ==
        json::parse(R"({"matchExpressions":[{"key":"path","operator":"NotIn","values":["x"]}]})"));
  CHECK(s.why(ns + "/pods") == "invalid request path");
  CHECK(s.w.get(ns + "/pods/a").status == 404);
  CHECK(s.w.call("DELETE", ns + "/pods/a/http_requests_per_second").status == 405);
}

TEST_CASE("Adapter: external metrics by name and labels, in any namespace") {
  Shop s;
  s.adapter.outside = {{"queue_messages_ready", {{"queue", "orders"}}, Quantity::of(30)},
                       {"queue_messages_ready", {{"queue", "mails"}}, *Quantity::parse("1500m")}};
  const std::string path = cat(kExternal, "/namespaces/default/queue_messages_ready");
  const auto list = json::parse(s.w.get(path).body.str());
  CHECK(list["kind"] == "ExternalMetricValueList");
  CHECK(list["apiVersion"] == "external.metrics.k8s.io/v1beta1");
  REQUIRE(list["items"].size() == 2);
  CHECK(list["items"][0] == json({{"metricName", "queue_messages_ready"},
                                  {"metricLabels", {{"queue", "orders"}}},
                                  {"timestamp", list["items"][0]["timestamp"]},
                                  {"value", "30"}}));
  CHECK(s.items(path + "?labelSelector=queue=mails")[0]["value"] == "1500m");
  CHECK(s.items(path + "?labelSelector=queue=none").empty());
  CHECK(s.items(cat(kExternal, "/namespaces/shop/queue_messages_ready")).size() == 2);
  CHECK(s.why(cat(kExternal, "/namespaces/default/depth")) == "the server could not find the metric depth for namespaces");
}

TEST_CASE("Adapter: while it is down its groups stay and nobody answers") {
  Shop s;
  s.count(1, 1, 1);
  s.adapter.up = false;
  CHECK(has(s.w.get("/apis").body, "custom.metrics.k8s.io"));
  auto r = s.w.get(cat(kCustom, "/namespaces/default/pods/*/http_requests_per_second"));
  CHECK(r.status == 503);
  CHECK(refusal(r) == "the server is currently unable to handle the request (get pods.custom.metrics.k8s.io *)");
}

TEST_CASE("Adapter: rights are those of the paths' resources") {
  Shop s;
  s.count(1, 1, 1);
  ports::ApiRequest request = s.w.request("GET", cat(kCustom, "/namespaces/default/pods/*/http_requests_per_second"));
  request.identity = {};
  request.identity.user = "jane";
  auto r = s.w.call(std::move(request));
  CHECK(r.status == 403);
  CHECK(has(r.error->message, "cannot get resource \"pods/http_requests_per_second\" in API group \"custom.metrics.k8s.io\" in the namespace \"default\""));
}
