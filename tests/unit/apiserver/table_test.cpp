// Expectations are kubectl's columns as pkg/printers/internalversion/printers.go makes them (and its printers_test.go).
#include "core/api/gen/apps_v1.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/apiserver/printers/printers.h"
#include "core/base/text.h"
#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {

const WallTime kNow{1'795'000'000'000'000'000};

std::string cells(std::string_view json) {
  auto object = api::any_object_from_json(json);
  REQUIRE(object.ok());
  std::string out;
  apiserver::print_cells(*object, kNow, out);
  return replace_all(replace_all(out, "\\u003c", "<"), "\\u003e", ">");  // as Go escapes them
}

// A pod two minutes old, with that status (and spec).
std::string pod(std::string_view status, std::string_view spec = R"("containers":[{"name":"a"},{"name":"b"}])",
                std::string_view meta = "") {
  return cells(cat(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","creationTimestamp":")",
                   format_rfc3339(kNow - minutes(2)), "\"", meta, R"(},"spec":{)", spec, R"(},"status":{)", status,
                   "}}"));
}

}  // namespace

TEST_CASE("Printers: a pod's status is the most telling word") {
  CHECK(pod(R"("phase":"Pending")") == R"("p","0/2","Pending","0","2m","<none>","<none>","<none>","<none>")");
  CHECK(
      pod(R"("phase":"Running","podIPs":[{"ip":"10.1.1.1"}],"containerStatuses":[{"name":"a","ready":true,"restartCount":3,"state":{"running":{}},"lastState":{"terminated":{"exitCode":1,"finishedAt":")" +
          format_rfc3339(kNow - seconds(50)) +
          R"("}}},{"name":"b","state":{"waiting":{"reason":"CrashLoopBackOff"}},"restartCount":3}])") ==
      R"x("p","1/2","CrashLoopBackOff","6 (50s ago)","2m","10.1.1.1","<none>","<none>","<none>")x");
  CHECK(has(pod(R"("phase":"Failed","reason":"Evicted")"), "\"Evicted\""));
  CHECK(has(pod(R"("phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":3}}}])"),
            "\"ExitCode:3\""));
  CHECK(has(
      pod(R"("phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":137,"signal":9}}}])"),
      "\"Signal:9\""));
  CHECK(has(
      pod(R"("phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}])"),
      "\"SchedulingGated\""));
  CHECK(has(pod(R"("phase":"Running")", R"("containers":[{"name":"a"}],"nodeName":"n1")",
                cat(",\"deletionTimestamp\":\"", format_rfc3339(kNow), "\"")),
            R"("Terminating","0","2m","<none>","n1")"));
}

TEST_CASE("Printers: init containers show how far a pod has come") {
  const char* spec = R"("initContainers":[{"name":"i"},{"name":"j"}],"containers":[{"name":"a"}])";
  CHECK(has(
      pod(R"("phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}},{"name":"j","state":{"waiting":{}}}])",
          spec),
      R"("0/1","Init:0/2")"));
  CHECK(has(
      pod(R"("phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"waiting":{"reason":"PodInitializing"}}}])",
          spec),
      "\"Init:1/2\""));
  CHECK(has(
      pod(R"("phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}])",
          spec),
      R"("Init:CrashLoopBackOff","2")"));
  CHECK(has(
      pod(R"("phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":1}}}])", spec),
      "\"Init:ExitCode:1\""));
  // A sidecar counts as a container of its own.
  CHECK(has(
      pod(R"("phase":"Running","initContainerStatuses":[{"name":"s","started":true,"ready":true,"state":{"running":{}}}],"containerStatuses":[{"name":"a","ready":true,"state":{"running":{}}}])",
          R"("initContainers":[{"name":"s","restartPolicy":"Always"}],"containers":[{"name":"a"}])"),
      R"("2/2","Running")"));
}

TEST_CASE("Printers: workloads, services, nodes, events") {
  CHECK(
      cells(
          R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":5,"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y"}]}}},"status":{"replicas":10,"updatedReplicas":2,"availableReplicas":1,"readyReplicas":4}})") ==
      R"("web","4/5",2,1,"<unknown>","a,b","x:1,y","app=web")");
  CHECK(
      cells(
          R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"type":"NodePort","clusterIPs":["10.96.0.9"],"ports":[{"port":80,"nodePort":30080,"protocol":"TCP"},{"port":53,"protocol":"UDP"}],"selector":{"a":"b"}}})") ==
      R"("s","NodePort","10.96.0.9","<none>","80:30080/TCP,53/UDP","<unknown>","a=b")");
  CHECK(
      cells(
          R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"type":"LoadBalancer","clusterIPs":["10.96.0.9"]}})") ==
      R"("s","LoadBalancer","10.96.0.9","<pending>","<none>","<unknown>","<none>")");
  CHECK(
      cells(
          R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n","labels":{"node-role.kubernetes.io/control-plane":""}},"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"1.2.3.4"}],"nodeInfo":{"kubeletVersion":"v1.35.0"}}})") ==
      R"("n","Ready,SchedulingDisabled","control-plane","<unknown>","v1.35.0","1.2.3.4","<none>","<unknown>","<unknown>","<unknown>")");
  CHECK(
      cells(cat(
          R"({"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p"},"reason":"Started","message":" hi ","type":"Normal","count":4,"source":{"component":"kubelet","host":"n1"},"firstTimestamp":")",
          format_rfc3339(kNow - minutes(9)), R"(","lastTimestamp":")", format_rfc3339(kNow - seconds(9)), R"("})")) ==
      R"("9s","Normal","Started","pod/p","","kubelet, n1","hi","9m",4,"e")");
  CHECK(
      cells(cat(
          R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j"},"spec":{"completions":3},"status":{"succeeded":1,"startTime":")",
          format_rfc3339(kNow - seconds(75)), R"("}})")) == R"("j","Running","1/3","75s","<unknown>","","","<none>")");
  CHECK(
      cells(
          R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r","creationTimestamp":"2026-01-02T03:04:05Z"}})") ==
      R"("r","2026-01-02T03:04:05Z")");
}

TEST_CASE("Tables: kubectl get as the server prints it, also while watching") {
  World w;
  const std::string pods = "/api/v1/namespaces/default/pods";
  const char* table =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
  w.call("POST", pods, pod_json("a"));
  auto list = w.accept(table, pods);
  CHECK(has(list.body, R"({"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":")"));
  CHECK(has(list.body, R"("columnDefinitions":[{"name":"Name","type":"string","format":"name")"));
  CHECK(has(list.body, R"("rows":[{"cells":["a","0/1","Pending","0")"));
  CHECK(has(list.body,
            R"("object":{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a")"));
  CHECK(has(w.accept(table, pods + "?includeObject=Object").body, R"("object":{"kind":"Pod","apiVersion":"v1")"));
  CHECK_FALSE(has(w.accept(table, pods + "?includeObject=None").body, "\"object\":"));
  CHECK(has(w.accept(table, pods + "/a").body, R"("rows":[{"cells":["a")"));
  auto r = w.request("GET", pods + "?watch=true");
  r.headers.set("accept", table);
  uint64_t id = w.begin(r);
  CHECK(has(w.sent(id), R"({"type":"ADDED","object":{"kind":"Table")"));
  CHECK(has(w.accept("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", pods).body,
            R"({"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1")"));
  // Conformance: "should return a 406 for a backend which does not implement metadata"
  auto review = w.request(
      "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      R"({"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}})");
  review.headers.set("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
  CHECK(w.call(review).status == 406);
}
