// Words and numbers from pkg/controller/podautoscaler (replica_calculator.go, metrics/client.go) of Kubernetes 1.35.
#include <doctest/doctest.h>

#include "core/api/gen/custom_metrics_v1beta2.h"
#include "core/api/gen/external_metrics_v1beta1.h"
#include "core/controllers/adapter_metrics.h"

using namespace orrery;
using namespace orrery::controllers;
using api::autoscaling_v2::MetricIdentifier;
using api::core_v1::Pod;
using api::custom_metrics_v1beta2::MetricValueList;
using api::external_metrics_v1beta1::ExternalMetricValueList;
using client::Answer;

namespace {

PodPtr pod(const char* name, bool ready = true, const char* phase = "Running") {
  Pod p;
  p.metadata.name = name;
  p.status.phase = phase;
  auto& condition = p.status.conditions.push_back({});
  condition.type = "Ready";
  condition.status = ready ? "True" : "False";
  return std::make_shared<const Pod>(p);
}

Answer custom(std::initializer_list<std::pair<const char*, int64_t>> values) {
  MetricValueList list;
  for (const auto& [name, milli] : values) {
    auto& one = list.items.push_back({});
    one.describedObject.name = name;
    one.windowSeconds = 15;
    one.value = Quantity::milli(milli);
  }
  return {api::make_object(std::move(list)), {}};
}

Answer external(std::initializer_list<int64_t> values) {
  ExternalMetricValueList list;
  for (int64_t value : values) list.items.push_back({}).value = Quantity::of(value);
  return {api::make_object(std::move(list)), {}};
}

Answer refused(const char* why) { return {{}, make_error(Reason::NotFound, why)}; }

MetricIdentifier of_queue(const char* name) {
  MetricIdentifier metric;
  metric.name = "queue_messages_ready";
  metric.selector.mut().matchLabels.set("queue", name);
  return metric;
}

}  // namespace

TEST_CASE("adapter metrics: what is asked") {
  MetricIdentifier plain;
  plain.name = "packets-per-second";
  CHECK(ask_pods_metric("default", "app=web", plain).path == "/apis/custom.metrics.k8s.io/v1beta2/namespaces/default/pods/*/packets-per-second");
  CHECK(ask_pods_metric("default", "app=web", plain).label_selector == "app=web");
  CHECK(ask_object_metric("default", "ingresses.networking.k8s.io", "main-route", of_queue("a")).path ==
        "/apis/custom.metrics.k8s.io/v1beta2/namespaces/default/ingresses.networking.k8s.io/main-route/queue_messages_ready?metricLabelSelector=queue=a");
  // "we ignore namespace name here, since CrossVersionObjectReference isn't supposed to allow you to escape your namespace"
  CHECK(ask_object_metric("default", "namespaces", "other", plain).path ==
        "/apis/custom.metrics.k8s.io/v1beta2/namespaces/default/metrics/packets-per-second");
  MetricIdentifier terms = of_queue("orders");
  auto& in = terms.selector.mut().matchExpressions.push_back({});
  in.key = "env";
  in.operator_ = "In";
  in.values.push_back("prod");
  in.values.push_back("test");
  auto& absent = terms.selector.mut().matchExpressions.push_back({});
  absent.key = "old";
  absent.operator_ = "DoesNotExist";
  CHECK(ask_external_metric("default", terms).path == "/apis/external.metrics.k8s.io/v1beta1/namespaces/default/queue_messages_ready");
  CHECK(ask_external_metric("default", terms).label_selector == "env in (prod,test),!old,queue=orders");
}

TEST_CASE("adapter metrics: a selector as Go prints it") {
  CHECK(go_text({}) == "nil");
  CHECK(go_text(of_queue("orders").selector) ==
        "&LabelSelector{MatchLabels:map[string]string{queue: orders,},MatchExpressions:[]LabelSelectorRequirement{},}");
}

TEST_CASE("adapter metrics: what the answers say") {
  auto pods = pods_metric(custom({{"a", 1500}, {"b", 500}}));
  REQUIRE(pods.ok());
  CHECK(pods->at("a").milli == 1500);
  CHECK(pods->at("b").window == seconds(15));
  CHECK(*object_metric(custom({{"web", 2000}})) == 2000);
  CHECK(*external_metric(external({30, 12}), "q") == 42'000);
  CHECK(pods_metric(custom({})).error().message == "no metrics returned from custom metrics API");
  CHECK(object_metric(custom({})).error().message ==
        "unable to fetch metrics from custom metrics API: the custom metrics API server returned 0 results when we asked for exactly one");
  CHECK(external_metric(external({}), "q").error().message == "no metrics returned from external metrics API");
  CHECK(pods_metric(refused("the server could not find the metric x for pods")).error().message ==
        "unable to fetch metrics from custom metrics API: the server could not find the metric x for pods");
}

TEST_CASE("adapter metrics: without an adapter") {
  const Answer nothing = refused("the server could not find the requested resource");
  CHECK(pods_metric(nothing).error().message ==
        "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered");
  CHECK(external_metric(nothing, "q").error().message ==
        "unable to fetch metrics from external metrics API: the server could not find the requested resource (get q.external.metrics.k8s.io)");
}

// The documentation's formula: desiredReplicas = ceil[currentReplicas * ( currentMetricValue / desiredMetricValue )]
TEST_CASE("replica calculator: a value is shared by the pods that are ready") {
  const Pods pods{pod("a"), pod("b"), pod("c", false), pod("d", true, "Pending")};
  WholeInput in{4, 30'000, 20'000, &pods, {}};
  CHECK(by_value(in)->replicas == 3);
  CHECK(by_value(in)->average == 30'000);
  in.milli = 21'000;  // within a tenth
  CHECK(by_value(in)->replicas == 4);
  in.milli = 0;
  CHECK(by_value(in)->replicas == 0);
  const Pods none;
  in = {4, 30'000, 20'000, &none, {}};
  CHECK(by_value(in).error().message == "unable to calculate ready pods: no pods returned by selector while calculating replica count");
  in.current = 0;  // from none: as many as the ratio says
  CHECK(by_value(in)->replicas == 2);
}

TEST_CASE("replica calculator: an average value wants as many pods as the whole holds it") {
  WholeInput in{2, 100'000, 30'000, nullptr, {}};
  CHECK(by_share(in).replicas == 4);
  CHECK(by_share(in).average == 50'000);
  in.milli = 63'000;  // 31.5 each: within a tenth
  CHECK(by_share(in).replicas == 2);
  CHECK(by_share(in).average == 31'500);
  in.milli = 0;
  CHECK(by_share(in).replicas == 0);
  in = {0, 100'000, 30'000, nullptr, {}};
  CHECK(by_share(in).replicas == 4);
  in = {1, INT64_MAX, 1, nullptr, {}};
  CHECK(by_share(in).replicas == INT32_MAX);
}

TEST_CASE("replica calculator: a pod without its metric dampens the change") {
  const Pods pods{pod("a"), pod("b"), pod("c")};
  CalculatorInput in;
  in.current = 3;
  in.pods = &pods;
  in.metrics = *pods_metric(custom({{"a", 30'000}, {"b", 30'000}}));
  CHECK(by_average(in, 10'000)->replicas == 6);
  in.metrics = *pods_metric(custom({{"a", 5'000}, {"b", 5'000}}));
  CHECK(by_average(in, 10'000)->replicas == 2);
  in.metrics.clear();
  CHECK(by_average(in, 10'000).error().message == "did not receive metrics for targeted pods (pods might be unready)");
}
