#include "core/api/validation/validate.h"

#include <doctest/doctest.h>

#include "core/api/defaults.h"
#include "core/api/gen/apps_v1.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/rbac_v1.h"
#include "core/api/json.h"

using namespace orrery;
using namespace orrery::api;

// The message of the Status that a create would get, or "".
template <class T>
static std::string create(std::string_view json) {
  auto object = from_json<T>(json);
  if (!object) return object.error().message.str();
  set_defaults(*object);
  const KindInfo& k = kind<T>();
  List<Cause> causes = validate_create(k, desc<T>(), &*object);
  const auto& meta = *reinterpret_cast<const meta_v1::ObjectMeta*>(&*object);
  return causes.empty() ? "" : invalid(k.group, k.kind, meta.name, causes).message.str();
}

template <class T>
static std::string update(std::string_view old_json, std::string_view new_json) {
  auto old = from_json<T>(old_json), now = from_json<T>(new_json);
  REQUIRE(old.ok());
  REQUIRE(now.ok());
  set_defaults(*old);
  set_defaults(*now);
  const KindInfo& k = kind<T>();
  List<Cause> causes = validate_update(k, desc<T>(), &*now, &*old);
  return causes.empty() ? "" : invalid(k.group, k.kind, "x", causes).message.str();
}

static std::string pod(const std::string& spec) {
  return create<core_v1::Pod>(R"({"metadata":{"name":"web","namespace":"default"},"spec":)" + spec + "}");
}

TEST_CASE("Validation: a good pod and a good deployment pass") {
  CHECK(pod(R"({"containers":[{"name":"c","image":"nginx"}]})") == "");
  CHECK(create<apps_v1::Deployment>(R"({"metadata":{"name":"d","namespace":"n"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}})") == "");
}

TEST_CASE("Validation: metadata") {
  CHECK(create<core_v1::ConfigMap>(R"({"metadata":{"name":"Bad_Name","namespace":"default"}})") ==
        R"(ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'))");
  CHECK(create<core_v1::ConfigMap>(R"({"metadata":{"namespace":"default"}})") ==
        R"(ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required)");
  CHECK(create<core_v1::ConfigMap>(R"({"metadata":{"name":"a","namespace":"default","labels":{"x y":"z"}}})") ==
        R"(ConfigMap "a" is invalid: metadata.labels: Invalid value: "x y": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'))");
  CHECK(create<core_v1::ConfigMap>(R"({"metadata":{"name":"a","namespace":"default","labels":{"x":"-"}}})") ==
        R"(ConfigMap "a" is invalid: metadata.labels: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?'))");
  CHECK(create<core_v1::Namespace>(R"({"metadata":{"name":"a.b"}})") ==
        R"(Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots)");
  CHECK(create<core_v1::Namespace>(R"({"metadata":{"name":"a","namespace":"b"}})") ==
        R"(Namespace "a" is invalid: metadata.namespace: Forbidden: not allowed on this type)");
  CHECK(update<core_v1::ConfigMap>(R"({"metadata":{"name":"a"}})", R"({"metadata":{"name":"b","resourceVersion":"1"}})") ==
        R"(ConfigMap "x" is invalid: metadata.name: Invalid value: "b": field is immutable)");
}

TEST_CASE("Validation: containers") {
  CHECK(pod(R"({"containers":[]})") == R"(Pod "web" is invalid: spec.containers: Required value)");
  CHECK(pod(R"({"containers":[{"name":"c"}]})") == R"(Pod "web" is invalid: spec.containers[0].image: Required value)");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x"},{"name":"c","image":"x"}]})") ==
        R"(Pod "web" is invalid: spec.containers[1].name: Duplicate value: "c")");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x","ports":[{"containerPort":70000},{"containerPort":1,"protocol":"tcp"}]}]})") ==
        R"(Pod "web" is invalid: [spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.containers[0].ports[1].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"])");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x","volumeMounts":[{"name":"v","mountPath":"/v"}]}]})") ==
        R"(Pod "web" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "v")");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x","resources":{"limits":{"cpu":"100m"},"requests":{"cpu":"200m"}}}]})") ==
        R"(Pod "web" is invalid: spec.containers[0].resources.requests: Invalid value: "200m": must be less than or equal to cpu limit of 100m)");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x","livenessProbe":{}}]})") ==
        R"(Pod "web" is invalid: spec.containers[0].livenessProbe: Required value: must specify a handler type)");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x","livenessProbe":{"tcpSocket":{"port":80},"successThreshold":2}}]})") ==
        R"(Pod "web" is invalid: spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1)");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x","env":[{"name":"A","valueFrom":{}}]}]})") ==
        R"(Pod "web" is invalid: spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `configMapKeyRef`, `fieldRef`, `fileKeyRef`, `resourceFieldRef` or `secretKeyRef`)");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x"}],"restartPolicy":"Sometimes"})") ==
        R"(Pod "web" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure")");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x"}],"volumes":[{"name":"v","emptyDir":{},"hostPath":{"path":"/x"}}]})") ==
        R"(Pod "web" is invalid: spec.volumes[0].emptyDir: Forbidden: may not specify more than 1 volume type)");
  CHECK(pod(R"({"containers":[{"name":"c","image":"x"}],"tolerations":[{"operator":"Equal","value":"v"}]})").find(
            "operator must be Exists when `key` is empty") != std::string::npos);
}

TEST_CASE("Validation: deployments") {
  CHECK(create<apps_v1::Deployment>(R"({"metadata":{"name":"d","namespace":"n"},"spec":{"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}})") ==
        R"(Deployment.apps "d" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`])");
  CHECK(create<apps_v1::Deployment>(R"({"metadata":{"name":"d","namespace":"n"},"spec":{"replicas":-1,"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}},"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"x"}]}}}})") ==
        R"(Deployment.apps "d" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always", spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0])");
  const char* one = R"({"metadata":{"name":"d","namespace":"n","resourceVersion":"1"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b","c":"d"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}})";
  const char* two = R"({"metadata":{"name":"d","namespace":"n","resourceVersion":"1"},"spec":{"selector":{"matchLabels":{"c":"d"}},"template":{"metadata":{"labels":{"a":"b","c":"d"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}})";
  CHECK(update<apps_v1::Deployment>(one, one) == "");
  CHECK(update<apps_v1::Deployment>(one, two) ==
        R"(Deployment.apps "x" is invalid: spec.selector: Invalid value: {"matchLabels":{"c":"d"}}: field is immutable)");
}

TEST_CASE("Validation: a running pod may change its image and little else") {
  auto text = [](const char* image, const char* name) {
    return cat(R"({"metadata":{"name":"p","namespace":"n","resourceVersion":"1"},"spec":{"containers":[{"name":")", name,
               R"(","image":")", image, R"("}]}})");
  };
  CHECK(update<core_v1::Pod>(text("a:1", "c"), text("a:2", "c")) == "");
  CHECK(update<core_v1::Pod>(text("a:1", "c"), text("a:1", "d")).find(
            "Pod \"x\" is invalid: spec: Forbidden: pod updates may not change fields other than "
            "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
            "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if "
            "it was previously negative)\n") == 0);
}

TEST_CASE("Validation: services, config, batch, roles") {
  CHECK(create<core_v1::Service>(R"({"metadata":{"name":"1a","namespace":"n"},"spec":{}})").find(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic") !=
        std::string::npos);
  CHECK(create<core_v1::Service>(R"({"metadata":{"name":"a","namespace":"n"},"spec":{"ports":[{"port":80},{"port":81}]}})") ==
        R"(Service "a" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value])");
  CHECK(create<core_v1::Service>(R"({"metadata":{"name":"a","namespace":"n"},"spec":{"ports":[{"port":80,"nodePort":30000}]}})") ==
        R"(Service "a" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP')");
  CHECK(create<core_v1::ConfigMap>(R"({"metadata":{"name":"a","namespace":"n"},"data":{"a/b":"x"}})").find(
            R"(data[a/b]: Invalid value: "a/b": a valid config key must consist of)") != std::string::npos);
  CHECK(update<core_v1::ConfigMap>(R"({"metadata":{"name":"a"},"immutable":true})",
                                   R"({"metadata":{"name":"a","resourceVersion":"1"},"immutable":true,"data":{"k":"v"}})") ==
        R"(ConfigMap "x" is invalid: data: Forbidden: field is immutable when `immutable` is set)");
  CHECK(create<core_v1::Secret>(R"({"metadata":{"name":"a","namespace":"n"},"type":"kubernetes.io/tls"})") ==
        R"(Secret "a" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value])");
  CHECK(create<batch_v1::Job>(R"({"metadata":{"name":"j","namespace":"n"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}})") ==
        R"(Job.batch "j" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never")");
  auto cron = [](const char* schedule) {
    return create<batch_v1::CronJob>(cat(R"({"metadata":{"name":"c","namespace":"n"},"spec":{"schedule":")", schedule,
        R"(","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"x"}]}}}}}})"));
  };
  CHECK(cron("*/5 0-6 * jan mon-fri") == "");
  CHECK(cron("@hourly") == "");
  CHECK(cron("* * *") == R"(CronJob.batch "c" is invalid: spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *])");
  CHECK(cron("61 * * * *") == R"(CronJob.batch "c" is invalid: spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61)");
  CHECK(create<rbac_v1::Role>(R"({"metadata":{"name":"r:x","namespace":"n"},"rules":[{"verbs":["get"],"resources":["pods"]}]})") ==
        R"(Role.rbac.authorization.k8s.io "r:x" is invalid: rules[0].apiGroups: Required value: resource rules must supply at least one api group)");
  CHECK(create<core_v1::PersistentVolumeClaim>(R"({"metadata":{"name":"p","namespace":"n"},"spec":{}})") ==
        R"(PersistentVolumeClaim "p" is invalid: [spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value])");
}

TEST_CASE("invalid: details for the Status") {
  auto p = from_json<core_v1::Pod>(R"({"metadata":{"name":"web","namespace":"default"}})");
  set_defaults(*p);
  Error e = invalid("", "Pod", "web", validate_create(kind<core_v1::Pod>(), desc<core_v1::Pod>(), &*p));
  CHECK(e.http() == 422);
  REQUIRE(e.causes.size() == 1);
  CHECK(e.causes[0].type == "FieldValueRequired");
  CHECK(e.causes[0].field == "spec.containers");
  CHECK(e.causes[0].message == "Required value");
}
