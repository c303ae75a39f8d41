#include "core/api/gen/core_v1.h"
#include "core/api/protobuf.h"
#include "tests/unit/apiserver/world.h"

using namespace orrery;
using namespace orrery::test;

namespace {
const std::string kDeployments = "/apis/apps/v1/namespaces/default/deployments";
const std::string kServices = "/api/v1/namespaces/default/services";
const char* kMerge = "application/merge-patch+json";
const char* kStrategic = "application/strategic-merge-patch+json";

std::string deployment(std::string_view name, int replicas) {
  return cat(
      "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"", name,
      "\"},\"spec\":{\"replicas\":", replicas,
      ",\"selector\":{\"matchLabels\":{\"app\":\"web\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"web\"}},"
      "\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"web:1\"}]}}}}");
}
std::string service(std::string_view name, std::string_view spec) {
  return cat("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"", name, "\"},\"spec\":{", spec,
             "}}");
}
std::string bind(std::string_view pod, std::string_view node) {
  return cat("{\"apiVersion\":\"v1\",\"kind\":\"Binding\",\"metadata\":{\"name\":\"", pod,
             "\"},\"target\":{\"kind\":\"Node\",\"name\":\"", node, "\"}}");
}
}  // namespace

TEST_CASE("Registry: generation counts changes of the spec, not of the status") {
  World w;
  CHECK(has(w.call("POST", kDeployments, deployment("web", 1)).body, "\"generation\":1"));
  auto status = w.patch(kMerge, kDeployments + "/web/status", R"({"status":{"replicas":1},"spec":{"replicas":9}})");
  CHECK(status.status == 200);
  CHECK(has(status.body, "\"generation\":1"));
  CHECK(has(status.body, "\"spec\":{\"replicas\":1"));
  CHECK(has(status.body, "\"status\":{\"replicas\":1"));
  auto spec = w.patch(kStrategic, kDeployments + "/web", R"({"spec":{"replicas":2},"status":{"replicas":7}})");
  CHECK(has(spec.body, "\"generation\":2"));
  CHECK(has(spec.body, "\"status\":{\"replicas\":1"));
}

TEST_CASE("Registry: what changes nothing makes no new revision") {
  World w;
  w.call("POST", kDeployments, deployment("web", 1));
  uint64_t before = w.server->store().head_revision();
  CHECK(w.patch(kMerge, kDeployments + "/web", R"({"spec":{"replicas":1}})").status == 200);
  CHECK(w.server->store().head_revision() == before);
}

TEST_CASE("Registry: dry run stores nothing") {
  World w;
  auto dry = w.call("POST", kPods + "?dryRun=All", pod_json("a"));
  CHECK(dry.status == 201);
  CHECK(has(dry.body, "\"uid\""));
  CHECK(w.get(kPods + "/a").status == 404);
  w.call("POST", kServices + "?dryRun=All", service("s", "\"ports\":[{\"port\":80}]"));
  CHECK(w.get(kServices + "/s").status == 404);
}

TEST_CASE("Registry: a generated name has five random characters") {
  World w;
  auto made = w.call(
      "POST", kPods,
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"job-"},"spec":{"containers":[{"name":"c","image":"i"}]}})");
  CHECK(made.status == 201);
  size_t at = made.body.view().find("\"name\":\"job-");
  REQUIRE(at != std::string_view::npos);
  CHECK(made.body.view()[at + 17] == '"');
}

TEST_CASE("Registry: a pod on a node is deleted gracefully, the kubelet finishes it") {
  World w;
  w.call("POST", kPods, pod_json("a"));
  CHECK(w.call("POST", kPods + "/a/binding", bind("a", "node-1")).status == 201);
  auto deleting = w.call("DELETE", kPods + "/a");
  CHECK(deleting.status == 200);
  CHECK(has(deleting.body, "\"deletionTimestamp\":\""));
  CHECK(has(deleting.body, "\"deletionGracePeriodSeconds\":30"));
  // Only a shorter grace changes anything.
  uint64_t before = w.server->store().head_revision();
  w.call("DELETE", kPods + "/a");
  CHECK(w.server->store().head_revision() == before);
  CHECK(has(w.call("DELETE", kPods + "/a?gracePeriodSeconds=5").body, "\"deletionGracePeriodSeconds\":5"));
  CHECK(w.get(kPods + "/a").status == 200);
  w.call("DELETE", kPods + "/a?gracePeriodSeconds=0");
  CHECK(w.get(kPods + "/a").status == 404);
}

TEST_CASE("Registry: finalizers keep a deleted object until the last one is gone") {
  World w;
  w.call("POST", kPods, pod_json("a", ",\"finalizers\":[\"x.io/f\"]"));
  w.call("DELETE", kPods + "/a");
  auto kept = w.get(kPods + "/a");
  CHECK(has(kept.body, "\"deletionTimestamp\":\""));
  auto more = w.patch(kMerge, kPods + "/a", R"({"metadata":{"finalizers":["x.io/f","x.io/g"]}})");
  CHECK(more.status == 422);
  CHECK(
      has(more.error->message,
          "no new finalizers can be added if the object is being deleted, found new finalizers []string{\"x.io/g\"}"));
  w.patch(kMerge, kPods + "/a", R"({"metadata":{"finalizers":null}})");
  CHECK(w.get(kPods + "/a").status == 404);
}

TEST_CASE("Registry: propagation policies become finalizers") {
  World w;
  w.call("POST", kDeployments, deployment("web", 1));
  w.call("DELETE", kDeployments + "/web?propagationPolicy=Foreground");
  CHECK(has(w.get(kDeployments + "/web").body, "\"finalizers\":[\"foregroundDeletion\"]"));
  w.call("POST", kDeployments, deployment("b", 1));
  w.call("DELETE", kDeployments + "/b?propagationPolicy=Orphan");
  CHECK(has(w.get(kDeployments + "/b").body, "\"finalizers\":[\"orphan\"]"));
  w.call("POST", kDeployments, deployment("c", 1));
  auto gone = w.call("DELETE", kDeployments + "/c?propagationPolicy=Background");
  CHECK(
      has(gone.body,
          "\"status\":\"Success\",\"details\":{\"name\":\"c\",\"group\":\"apps\",\"kind\":\"deployments\",\"uid\":\""));
}

TEST_CASE("Registry: preconditions protect from deleting another object") {
  World w;
  w.call("POST", kPods, pod_json("a"));
  auto no =
      w.call("DELETE", kPods + "/a", R"({"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"other"}})");
  CHECK(no.status == 409);
  CHECK(has(no.error->message, "Precondition failed: UID in precondition: other, UID in object meta: "));
}

TEST_CASE("Registry: a namespace ends in two steps") {
  World w;
  w.call("POST", "/api/v1/namespaces", R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"dev"}})");
  auto ns = w.get("/api/v1/namespaces/dev");
  CHECK(has(ns.body, "\"labels\":{\"kubernetes.io/metadata.name\":\"dev\"}"));
  CHECK(has(ns.body, "\"spec\":{\"finalizers\":[\"kubernetes\"]},\"status\":{\"phase\":\"Active\"}"));
  w.call("DELETE", "/api/v1/namespaces/dev");
  CHECK(has(w.get("/api/v1/namespaces/dev").body, "\"phase\":\"Terminating\""));
  auto no = w.call("POST", "/api/v1/namespaces/dev/pods", pod_json("a"));
  CHECK(no.status == 403);
  CHECK(no.error->message ==
        "pods \"a\" is forbidden: unable to create new content in namespace dev because it is being terminated");
  CHECK(w.call("PUT", "/api/v1/namespaces/dev/finalize",
               R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"dev"},"spec":{"finalizers":[]}})")
            .status == 200);
  CHECK(w.get("/api/v1/namespaces/dev").status == 404);
}

TEST_CASE("Registry: services get cluster addresses and node ports of their own") {
  World w;
  auto a = w.call("POST", kServices, service("a", "\"ports\":[{\"port\":80}]"));
  CHECK(has(a.body, "\"clusterIP\":\"10."));
  CHECK(has(a.body, "\"ipFamilies\":[\"IPv4\"],\"ipFamilyPolicy\":\"SingleStack\""));
  auto b =
      w.call("POST", kServices, service("b", "\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30080}]"));
  CHECK(has(b.body, "\"nodePort\":30080"));
  auto taken =
      w.call("POST", kServices, service("c", "\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30080}]"));
  CHECK(taken.status == 422);
  CHECK(taken.error->message ==
        "Service \"c\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated");
  auto range =
      w.call("POST", kServices, service("c", "\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":80}]"));
  CHECK(has(range.error->message, "provided port is not in the valid range. The range of valid ports is 30000-32767"));
  auto ip = w.call("POST", kServices, service("d", "\"clusterIP\":\"10.96.0.1\",\"ports\":[{\"port\":80}]"));
  CHECK(has(ip.error->message, "failed to allocate IP 10.96.0.1: provided IP is already allocated"));
  CHECK(has(w.call("POST", kServices, service("h", "\"clusterIP\":\"None\",\"ports\":[{\"port\":80}]")).body,
            "\"clusterIPs\":[\"None\"]"));
  w.call("DELETE", kServices + "/b");
  CHECK(w.call("POST", kServices, service("c", "\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":30080}]"))
            .status == 201);
  CHECK(has(w.get("/api/v1/namespaces/default/services/kubernetes").body, "\"clusterIP\":\"10.96.0.1\""));
}

TEST_CASE("Subresources: binding puts a pod on a node once") {
  World w;
  w.call("POST", kPods, pod_json("a"));
  CHECK(w.call("POST", kPods + "/a/binding", bind("a", "node-1")).status == 201);
  auto pod = w.get(kPods + "/a");
  CHECK(has(pod.body, "\"nodeName\":\"node-1\""));
  CHECK(has(pod.body, "{\"type\":\"PodScheduled\",\"status\":\"True\""));
  auto again = w.call("POST", kPods + "/a/binding", bind("a", "node-2"));
  CHECK(again.status == 409);
  CHECK(again.error->message ==
        "Operation cannot be fulfilled on pods/binding \"a\": pod a is already assigned to node \"node-1\"");
}

TEST_CASE("Subresources: scale reads and writes replicas") {
  World w;
  w.call("POST", kDeployments, deployment("web", 3));
  CHECK(has(w.get(kDeployments + "/web/scale").body, "\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\""));
  auto scaled = w.patch(kMerge, kDeployments + "/web/scale", R"({"spec":{"replicas":5}})");
  CHECK(has(scaled.body, "\"spec\":{\"replicas\":5},\"status\":{\"replicas\":0,\"selector\":\"app=web\"}"));
  CHECK(has(w.get(kDeployments + "/web").body, "\"generation\":2"));
  CHECK(w.patch(kMerge, kDeployments + "/web/scale", R"({"spec":{"replicas":-1}})").error->message ==
        "Scale.autoscaling \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0");
}

TEST_CASE("Subresources: an eviction is refused when a budget forbids it") {
  World w;
  w.call("POST", kPods, pod_json("a", ",\"labels\":{\"app\":\"web\"}"));
  w.call("POST", kPods + "/a/binding", bind("a", "node-1"));
  w.patch(kMerge, kPods + "/a/status",
          R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})");
  w.call(
      "POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
      R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}})");
  w.patch(
      kMerge, "/apis/policy/v1/namespaces/default/poddisruptionbudgets/b/status",
      R"({"status":{"observedGeneration":1,"disruptionsAllowed":0,"currentHealthy":1,"desiredHealthy":1,"expectedPods":1}})");
  const char* eviction = R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a"}})";
  auto no = w.call("POST", kPods + "/a/eviction", eviction);
  CHECK(no.status == 429);
  CHECK(no.error->message == "Cannot evict pod as it would violate the pod's disruption budget.");
  CHECK(no.error->causes[0].message == "The disruption budget b needs 1 healthy pods and has 1 currently");
  w.patch(kMerge, "/apis/policy/v1/namespaces/default/poddisruptionbudgets/b/status",
          R"({"status":{"disruptionsAllowed":1}})");
  CHECK(w.call("POST", kPods + "/a/eviction", eviction).status == 201);
  CHECK(has(w.get(kPods + "/a").body, "\"deletionTimestamp\":\""));
}

TEST_CASE("ApiServer: deletecollection removes what the selector means") {
  World w;
  w.call("POST", kPods, pod_json("a", ",\"labels\":{\"x\":\"1\"}"));
  w.call("POST", kPods, pod_json("b", ",\"labels\":{\"x\":\"2\"}"));
  auto gone = w.call("DELETE", kPods + "?labelSelector=x%3D1");
  gone = w.call("DELETE", kPods + "?labelSelector=x=1");
  CHECK(has(gone.body, "\"kind\":\"PodList\""));
  CHECK(w.get(kPods + "/a").status == 404);
  CHECK(w.get(kPods + "/b").status == 200);
}

TEST_CASE("ApiServer: pages of a list are consistent while objects change") {
  World w;
  for (const char* name : {"a", "b", "c", "d", "e"}) w.call("POST", kPods, pod_json(name));
  auto first = w.get(kPods + "?limit=2");
  CHECK(has(first.body, "\"remainingItemCount\":3"));
  size_t at = first.body.view().find("\"continue\":\"") + 12;
  std::string token(first.body.view().substr(at, first.body.view().find('"', at) - at));
  w.call("DELETE", kPods + "/c");
  w.call("POST", kPods, pod_json("bb"));
  auto second = w.get(kPods + "?limit=2&continue=" + token);
  CHECK(has(second.body, "\"name\":\"c\""));
  CHECK(has(second.body, "\"name\":\"d\""));
  CHECK_FALSE(has(second.body, "\"name\":\"bb\""));
  CHECK(w.get(kPods + "?limit=2&continue=nonsense").status == 400);
  CHECK(w.get(kPods + "?resourceVersion=99999").status == 504);
}

TEST_CASE("ApiServer: selectors choose, and objects enter and leave a watch") {
  World w;
  w.call("POST", kPods, pod_json("a", ",\"labels\":{\"app\":\"web\"}"));
  w.call("POST", kPods, pod_json("b", ",\"labels\":{\"app\":\"db\"}"));
  CHECK_FALSE(has(w.get(kPods + "?labelSelector=app in (web,api)").body, "\"name\":\"b\""));
  CHECK_FALSE(has(w.get(kPods + "?labelSelector=app!=web").body, "\"name\":\"a\""));
  CHECK_FALSE(has(w.get(kPods + "?fieldSelector=metadata.name=b").body, "\"name\":\"a\""));
  CHECK(has(w.get(kPods + "?fieldSelector=status.phase!=Running,spec.nodeName=").body, "\"name\":\"a\""));
  CHECK(w.get(kPods + "?fieldSelector=spec.colour=red").error->message == "field label not supported: spec.colour");
  uint64_t id = w.watch(kPods + "?watch=true&labelSelector=app=web", true);
  CHECK(w.events(id) == "ADDED a");
  w.patch(kMerge, kPods + "/b", R"({"metadata":{"labels":{"app":"web"}}})");
  w.patch(kMerge, kPods + "/a", R"({"metadata":{"labels":{"app":"db"}}})");
  w.patch(kMerge, kPods + "/a", R"({"metadata":{"labels":{"y":"1"}}})");
  CHECK(w.events(id) == "ADDED b, DELETED a");
}

TEST_CASE("ApiServer: unknown fields warn, or fail when strict") {
  World w;
  const std::string odd =
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"colour":1,"containers":[{"name":"c","image":"i"}]}})";
  auto strict = w.call("POST", kPods + "?fieldValidation=Strict", odd);
  CHECK(strict.status == 400);
  CHECK(has(strict.error->message, "strict decoding error: unknown field \"spec.colour\""));
  auto warned = w.call("POST", kPods, odd);
  CHECK(warned.status == 201);
  REQUIRE(warned.warnings.size() == 1);
  CHECK(warned.warnings[0] == "unknown field \"spec.colour\"");
}

TEST_CASE("ApiServer: YAML and protobuf bodies, 415 and 406") {
  World w;
  auto yaml = w.request(
      "POST", kPods, "apiVersion: v1\nkind: Pod\nmetadata: {name: yam}\nspec: {containers: [{name: c, image: i}]}\n");
  yaml.headers.set("content-type", "application/yaml");
  auto made = w.call(yaml);
  INFO(made.body.str());
  CHECK(made.status == 201);
  CHECK(has(w.accept("application/yaml", kPods + "/yam").body, "kind: Pod\n"));
  api::core_v1::Pod typed = *api::from_json<api::core_v1::Pod>(pod_json("proto"));
  auto proto = w.request("POST", kPods, api::to_protobuf(api::make_object(typed)));
  proto.headers.set("content-type", "application/vnd.kubernetes.protobuf");
  proto.headers.set("accept", "application/vnd.kubernetes.protobuf,application/json");
  CHECK(w.call(proto).status == 201);
  CHECK(has(w.get(kPods + "/proto").body, "\"image\":\"web:1\""));
  auto xml = w.request("POST", kPods, "<pod/>");
  xml.headers.set("content-type", "application/xml");
  CHECK(w.call(xml).status == 415);
  CHECK(w.accept("application/xml", kPods).status == 406);
}

TEST_CASE("Events: one store serves core and events.k8s.io") {
  World w;
  CHECK(
      w.call(
           "POST", "/api/v1/namespaces/default/events",
           R"({"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"a","namespace":"default"},"reason":"Started","message":"hello","type":"Normal"})")
          .status == 201);
  auto other = w.get("/apis/events.k8s.io/v1/namespaces/default/events/e");
  CHECK(has(other.body, "\"apiVersion\":\"events.k8s.io/v1\""));
  CHECK(has(other.body, "\"note\":\"hello\""));
  CHECK(has(w.get("/api/v1/events?fieldSelector=involvedObject.name=a,reason=Started").body, "\"name\":\"e\""));
}

// Messages: pkg/apis/core/validation/validation.go, ValidatePodEphemeralContainersUpdate
TEST_CASE("Ephemeral containers: defaulted, checked, and neither changed nor removed") {
  World w;
  w.call("POST", kPods, pod_json("a"));
  const std::string at = kPods + "/a/ephemeralcontainers";
  auto add = [&](std::string_view containers) { return w.patch(kStrategic, at, cat(R"({"spec":{"ephemeralContainers":[)", containers, "]}}")); };
  auto first = add(R"({"name":"look","image":"busybox"})");
  CHECK(first.status == 200);
  CHECK(has(first.body, R"("imagePullPolicy":"Always")"));
  CHECK(has(first.body, R"("terminationMessagePath":"/dev/termination-log")"));
  CHECK(add(R"({"name":"other","image":"busybox","targetContainerName":"nobody"})").status == 422);
  CHECK(has(add(R"({"name":"other","image":"busybox","targetContainerName":"nobody"})").body, R"(targetContainerName: Not found: \"nobody\")"));
  CHECK(has(add(R"({"name":"other"})").body, "ephemeralContainers[0].image: Required value"));
  auto changed = add(R"({"name":"look","image":"alpine"})");
  CHECK(changed.status == 422);
  CHECK(has(changed.body, R"(spec.ephemeralContainers: Forbidden: existing ephemeral containers \"look\" may not be changed\n  image\n)"));
  auto removed = w.patch(kMerge, at, R"({"spec":{"ephemeralContainers":[]}})");
  CHECK(has(removed.body, R"(spec.ephemeralContainers: Forbidden: existing ephemeral containers \"look\" may not be removed\n)"));
  CHECK(add(R"({"name":"more","image":"busybox"})").status == 200);
}

TEST_CASE("Options in the query: what they can't be is invalid, named after the request") {
  World w;
  auto made = w.call("POST", kPods + "?fieldValidation=Loud", pod_json("a"));
  CHECK(made.status == 422);
  CHECK(refusal(made) == "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"Loud\": "
                         "supported values: \"Ignore\", \"Strict\", \"Warn\"");
  CHECK(w.call("DELETE", kPods + "/a?dryRun=Some").status == 422);
  CHECK(w.patch("application/json", kPods + "/nobody", "{}").status == 415);
  CHECK(has(w.get("/").body, "\"/apis/apps/v1\""));
}

TEST_CASE("LocalSubjectAccessReview: asks about its own namespace") {
  World w;
  auto reply = w.call(
      "POST", "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews",
      R"({"spec":{"user":"u","resourceAttributes":{"namespace":"other","verb":"get","resource":"pods"}}})");
  CHECK(reply.status == 422);
  CHECK(has(refusal(reply),
            "spec.resourceAttributes.namespace: Invalid value: \"other\": must match metadata.namespace"));
}
