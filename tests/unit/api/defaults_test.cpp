#include "core/api/defaults.h"

#include <doctest/doctest.h>

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/autoscaling_v2.h"
#include "core/api/gen/batch_v1.h"
#include "core/api/gen/rbac_v1.h"
#include "core/api/json.h"

using namespace orrery;
using namespace orrery::api;

template <class T>
static T defaulted(std::string_view json) {
  auto object = from_json<T>(json);
  REQUIRE(object.ok());
  set_defaults(*object);
  T again = *object;
  set_defaults(again);
  CHECK(again == *object);
  return *object;
}

TEST_CASE("Defaults: a pod as kubectl shows it after creation") {
  auto pod = defaulted<core_v1::Pod>(
      R"({"metadata":{"name":"web"},"spec":{"containers":[{"name":"c","image":"nginx","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"1","memory":"64Mi"},"requests":{"cpu":"100m"}},
      "livenessProbe":{"httpGet":{"port":80}},"env":[{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]}],
      "volumes":[{"name":"v"},{"name":"s","secret":{"secretName":"x"}},{"name":"p","projected":{"sources":[{"serviceAccountToken":{"path":"token"}}]}}]}})");
  CHECK(to_json(pod) ==
        R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"web"},"spec":{"volumes":[{"name":"v","emptyDir":{}},{"name":"s","secret":{"secretName":"x","defaultMode":420}},{"name":"p","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3600,"path":"token"}}],"defaultMode":420}}],)"
        R"("containers":[{"name":"c","image":"nginx","ports":[{"containerPort":80,"protocol":"TCP"}],"env":[{"name":"A","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}],"resources":{"limits":{"cpu":"1","memory":"64Mi"},"requests":{"cpu":"100m","memory":"64Mi"}},)"
        R"("livenessProbe":{"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"Always"}],)"
        R"("restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","securityContext":{},"schedulerName":"default-scheduler","enableServiceLinks":true},"status":{}})");
}

TEST_CASE("Defaults: the pull policy follows the tag") {
  struct {
    const char *image, *policy;
  } rows[] = {{"nginx", "Always"}, {"nginx:latest", "Always"}, {"nginx:1.27", "IfNotPresent"},
              {"host:5000/nginx", "Always"}, {"host:5000/nginx:1", "IfNotPresent"}, {"nginx@sha256:00", "IfNotPresent"}};
  for (auto& row : rows) {
    core_v1::Container c;
    c.image = row.image;
    set_defaults(c);
    CHECK(c.imagePullPolicy == row.policy);
  }
}

TEST_CASE("Defaults: a template is completed, its limits don't become requests, its parts stay shared") {
  auto d = defaulted<apps_v1::Deployment>(
      R"({"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"c","image":"x:1","resources":{"limits":{"cpu":"1"}}}]}}}})");
  CHECK(*d.spec.replicas == 1);
  CHECK(d.spec.strategy.rollingUpdate->maxSurge->text == "25%");
  CHECK(*d.spec.progressDeadlineSeconds == 600);
  CHECK(*d.spec.revisionHistoryLimit == 10);
  CHECK(d.spec.template_.spec.containers[0].resources.requests.empty());
  CHECK(d.spec.template_.spec.schedulerName == "default-scheduler");
  core_v1::Pod pod;
  pod.spec = d.spec.template_.spec;
  pod.spec.containers.mut(0).resources.requests = pod.spec.containers[0].resources.limits;
  core_v1::Pod copy = pod;
  set_defaults(copy);
  CHECK(copy.spec.containers.same_block(pod.spec.containers));
}

TEST_CASE("Defaults: services, jobs, autoscalers, roles") {
  auto svc = defaulted<core_v1::Service>(R"({"spec":{"ports":[{"port":80},{"port":81,"targetPort":"http"}],"type":"NodePort"}})");
  CHECK(svc.spec.ports[0].targetPort.number == 80);
  CHECK(svc.spec.ports[1].targetPort.text == "http");
  CHECK(svc.spec.sessionAffinity == "None");
  CHECK(svc.spec.externalTrafficPolicy == "Cluster");
  CHECK(*svc.spec.internalTrafficPolicy == "Cluster");
  auto job = defaulted<batch_v1::Job>(R"({"spec":{"template":{"metadata":{"labels":{"x":"y"}}}}})");
  CHECK(*job.spec.completions == 1);
  CHECK(*job.spec.backoffLimit == 6);
  CHECK(*job.spec.podReplacementPolicy == "TerminatingOrFailed");
  CHECK(job.metadata.labels.get("x") == "y");
  auto cron = defaulted<batch_v1::CronJob>("{}");
  CHECK(*cron.spec.successfulJobsHistoryLimit == 3);
  CHECK_FALSE(cron.spec.jobTemplate.spec.backoffLimit);
  auto hpa = defaulted<autoscaling_v2::HorizontalPodAutoscaler>(R"({"spec":{"behavior":{"scaleDown":{"stabilizationWindowSeconds":5}}}})");
  CHECK(*hpa.spec.metrics[0].resource->target.averageUtilization == 80);
  CHECK(hpa.spec.behavior->scaleUp->policies.size() == 2);
  CHECK(*hpa.spec.behavior->scaleDown->stabilizationWindowSeconds == 5);
  auto binding = defaulted<rbac_v1::RoleBinding>(R"({"subjects":[{"kind":"User","name":"u"},{"kind":"ServiceAccount","name":"s"}],"roleRef":{"kind":"Role","name":"r"}})");
  CHECK(binding.subjects[0].apiGroup == "rbac.authorization.k8s.io");
  CHECK(binding.subjects[1].apiGroup == "");
  CHECK(binding.roleRef.apiGroup == "rbac.authorization.k8s.io");
  auto ns = defaulted<core_v1::Namespace>(R"({"metadata":{"name":"n"}})");
  CHECK(ns.metadata.labels.get("kubernetes.io/metadata.name") == "n");
  CHECK(ns.status.phase == "Active");
  auto node = defaulted<core_v1::Node>(R"({"status":{"capacity":{"cpu":"1500u"}}})");
  CHECK(node.status.allocatable.get("cpu").str() == "2m");
}
