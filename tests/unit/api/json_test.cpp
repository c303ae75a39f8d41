#include "core/api/json.h"

#include <doctest/doctest.h>

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/authorization_v1.h"

using namespace orrery;
using namespace orrery::api;

static const char* kPod =
    R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"default","creationTimestamp":"2026-11-22T09:30:00Z","labels":{"app":"web","tier":"front"}},)"
    R"("spec":{"volumes":[{"name":"data","emptyDir":{"medium":"Memory","sizeLimit":"64Mi"}}],"containers":[{"name":"c","image":"nginx:1.27","ports":[{"containerPort":80,"protocol":"TCP"}],)"
    R"("env":[{"name":"A","value":"x \u003c y"}],"resources":{"limits":{"cpu":"500m","memory":"128Mi"},"requests":{"cpu":"100m"}},"volumeMounts":[{"name":"data","mountPath":"/data"}],)"
    R"("livenessProbe":{"httpGet":{"path":"/","port":"http"},"periodSeconds":10}}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"nodeSelector":{"a":"b"}},)"
    R"("status":{"phase":"Running","podIP":"10.0.0.1"}})";

static std::string error_of(std::string_view text) {
  DecodeNotes notes;
  auto pod = from_json<core_v1::Pod>(text, &notes);
  return pod ? "" : pod.error().message.str();
}

static std::string strict_of(std::string_view text) {
  DecodeNotes notes;
  auto pod = from_json<core_v1::Pod>(text, &notes);
  return !pod ? pod.error().message.str() : notes.strict.empty() ? "" : strict_error(notes.strict).message.str();
}

TEST_CASE("JSON: a pod survives decoding and encoding byte for byte") {
  auto pod = from_json<core_v1::Pod>(kPod);
  REQUIRE(pod.ok());
  CHECK(pod->spec.containers[0].env[0].value == "x < y");
  CHECK(pod->spec.volumes[0].emptyDir->sizeLimit->str() == "64Mi");
  CHECK(pod->spec.containers[0].livenessProbe->httpGet->port.text == "http");
  CHECK(to_json(*pod) == kPod);
  CHECK(strict_of(kPod) == "");
}

TEST_CASE("JSON: empty objects print what Go prints") {
  CHECK(to_json(core_v1::Pod{}) ==
        R"({"kind":"Pod","apiVersion":"v1","metadata":{},"spec":{"containers":null},"status":{}})");
  CHECK(to_json(core_v1::PodList{}) == R"({"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]})");
  CHECK(to_json(apps_v1::Deployment{}) ==
        R"({"kind":"Deployment","apiVersion":"apps/v1","metadata":{},"spec":{"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}},"status":{}})");
  CHECK(to_json(meta_v1::Status{}) == R"({"kind":"Status","apiVersion":"v1","metadata":{}})");
  core_v1::Event event;
  std::string text = to_json(event);
  CHECK(text.find(R"("firstTimestamp":null,"lastTimestamp":null)") != std::string::npos);
  CHECK(text.find(R"("eventTime":null)") != std::string::npos);
  core_v1::PodList list;
  list.items.push_back({});
  CHECK(to_json(list).find(R"("items":[{"metadata":{})") != std::string::npos);
  apps_v1::StatefulSet set;
  set.spec.volumeClaimTemplates.push_back({});
  CHECK(to_json(set).find(R"([{"kind":"PersistentVolumeClaim","apiVersion":"v1","metadata":{})") != std::string::npos);
}

TEST_CASE("JSON: kinds that are no resource know their group") {
  CHECK(type_meta_of(*find_type("autoscaling/v1", "Scale")).api_version == "autoscaling/v1");
  CHECK(type_meta_of(*find_type("policy/v1", "Eviction")).api_version == "policy/v1");
  CHECK(type_meta_of(*find_type("meta/v1", "Table")).api_version == "meta.k8s.io/v1");
  CHECK(type_meta_of(*find_type("meta/v1", "DeleteOptions")).api_version == "v1");
  CHECK(type_meta_of(*find_type("authentication/v1", "TokenRequest")).api_version == "authentication.k8s.io/v1");
}

TEST_CASE("JSON strings: escapes as Go's encoder") {
  std::string out;
  append_json_string(out, "a\"\\\n\t\x01<>&\xe2\x80\xa8\xff\xed\x95\x9c");
  CHECK(out == "\"a\\\"\\\\\\n\\t\\u0001\\u003c\\u003e\\u0026\\u2028\\ufffd\xed\x95\x9c\"");
}

TEST_CASE("JSON strict: unknown and duplicate fields are named with their path") {
  CHECK(strict_of(R"({"spec":{"foo":1,"containers":[{"name":"a","name":"b","imagee":{"x":[1,2]}}]},"metadata":{"labels":{"a":"1","a":"2"}}})") ==
        R"(strict decoding error: unknown field "spec.foo", duplicate field "spec.containers[0].name", unknown field "spec.containers[0].imagee", duplicate field "metadata.labels.a")");
  CHECK(strict_of(R"({"Spec":{}})") == R"(strict decoding error: unknown field "Spec")");
  CHECK(strict_of(R"({"kind":"Pod","apiVersion":"v1"})") == "");
}

TEST_CASE("JSON: wrong types are named in Go's words") {
  CHECK(error_of(R"({"spec":{"containers":[{"ports":[{"containerPort":"80"}]}]}})") ==
        "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32");
  CHECK(error_of(R"({"spec":{"containers":{}}})") ==
        "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container");
  CHECK(error_of(R"({"spec":[]})") == "json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec");
  CHECK(error_of(R"({"spec":{"terminationGracePeriodSeconds":1.5}})") ==
        "json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64");
  CHECK(error_of(R"({"spec":{"containers":[{"ports":[{"containerPort":3000000000}]}]}})") ==
        "json: cannot unmarshal number 3000000000 into Go struct field "
        "ContainerPort.spec.containers.ports.containerPort of type int32");
  CHECK(error_of(R"({"metadata":{"labels":{"a":1}}})") ==
        "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string");
  CHECK(error_of(R"({"spec":{"containers":[{"env":[{"name":"A","value":true}]}]}})") ==
        "json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.value of type string");
  CHECK(error_of(R"([])") == "json: cannot unmarshal array into Go value of type v1.Pod");
  CHECK(error_of(R"({"spec":{"containers":[{"resources":{"limits":{"cpu":"abc"}}}]}})") ==
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  CHECK(error_of(R"({"spec":{"restartPolicy":3}})") ==
        "json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy");
}

TEST_CASE("JSON: syntax errors in Go's words") {
  CHECK(error_of("{") == "unexpected end of JSON input");
  CHECK(error_of("") == "unexpected end of JSON input");
  CHECK(error_of(R"({"a":1,})") == "invalid character '}' looking for beginning of object key string");
  CHECK(error_of(R"({"a" 1})") == "invalid character '1' after object key");
  CHECK(error_of(R"({"a":tru})") == "invalid character '}' in literal true (expecting 'e')");
  CHECK(error_of("abc") == "invalid character 'a' looking for beginning of value");
  CHECK(error_of(R"({"a":1 "b":2})") == "invalid character '\"' after object key:value pair");
  CHECK(error_of(R"({"a":[1 2]})") == "invalid character '2' after array element");
  CHECK(error_of("{} x") == "invalid character 'x' after top-level value");
  std::string deep(5000, '[');
  CHECK(error_of(R"({"a":)" + deep) == "exceeded max depth");
}

TEST_CASE("JSON: null is nothing, numbers are taken where Kubernetes takes them") {
  auto pod = from_json<core_v1::Pod>(
      R"({"metadata":null,"spec":{"containers":[{"name":null,"resources":{"limits":{"cpu":2,"memory":1.5}},"livenessProbe":null}],"securityContext":null}})");
  REQUIRE(pod.ok());
  CHECK(pod->spec.containers[0].resources.limits.get("cpu").str() == "2");
  CHECK(pod->spec.containers[0].resources.limits.get("memory").str() == "1500m");
  CHECK_FALSE(pod->spec.containers[0].livenessProbe);
}

TEST_CASE("JSON: raw values keep their text, string lists in maps are read") {
  auto cr = from_json<apps_v1::ControllerRevision>(R"({"data": {"a" : [1.0, "x<", {}], "b":null} ,"revision":3})");
  REQUIRE(cr.ok());
  CHECK(cr->data.json == R"({"a":[1.0,"x\u003c",{}],"b":null})");
  auto sar = from_json<authorization_v1::SubjectAccessReview>(R"({"spec":{"extra":{"k":["a","b"]}}})");
  REQUIRE(sar.ok());
  CHECK(sar->spec.extra.find("k")->size() == 2);
  CHECK(to_json(*sar).find(R"("extra":{"k":["a","b"]})") != std::string::npos);
}

TEST_CASE("JSON: an object of any kind by its apiVersion and kind") {
  auto o = any_object_from_json(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"}})");
  REQUIRE(o.ok());
  CHECK(o->as<apps_v1::Deployment>() != nullptr);
  CHECK(any_object_from_json(R"({"apiVersion":"v1","kind":"PodList","items":[{}]})")->is<core_v1::PodList>());
  CHECK(any_object_from_json(R"({"apiVersion":"v1"})").error().message == R"(Object 'Kind' is missing in '{"apiVersion":"v1"}')");
  CHECK(any_object_from_json(R"({"apiVersion":"v7","kind":"Pod"})").error().message ==
        R"(no kind "Pod" is registered for version "v7")");
  CHECK(any_object_from_json("{x").error().message ==
        "couldn't get version/kind; json parse error: invalid character 'x' looking for beginning of object key string");
  Error inner = make_error(Reason::BadRequest, "unknown");
  CHECK(body_error({"apps/v1", "Deployment"}, "Pod", inner, "").message ==
        R"(Deployment in version "v1" cannot be handled as a Pod: unknown)");
  CHECK(body_error({}, "Pod", inner, "").message == "the object provided is unrecognized (must be of type Pod): unknown (<empty>)");
}

TEST_CASE("JSON: every type survives a round trip of its empty value") {
  for (const TypeDesc* t : all_types()) {
    CAPTURE(t->openapi_name);
    MutableObject empty(*t);
    std::string text;
    encode_json(*t, empty.data(), type_meta_of(*t), text);
    DecodeNotes notes;
    MutableObject back(*t);
    auto done = decode_json(text, *t, back.data(), &notes);
    CHECK_MESSAGE(done.ok(), (done ? "" : done.error().message.str()));
    CHECK(notes.strict.empty());
    CHECK(equal(*t, empty.data(), back.data()));
  }
}
