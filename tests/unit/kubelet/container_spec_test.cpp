// What a runtime is asked for. Sources: pkg/kubelet/kubelet_pods.go makeMounts, makeEnvironmentVariables;
// pkg/kubelet/kuberuntime/security_context.go verifyRunAsNonRoot.
#include "core/kubelet/container_spec.h"

#include <doctest/doctest.h>

using namespace orrery;
namespace v1 = api::core_v1;

namespace {

v1::Pod pod_of_one() {
  v1::Pod pod;
  pod.metadata.name = "web";
  pod.metadata.namespace_ = "default";
  pod.metadata.uid = "u1";
  v1::Container c;
  c.name = "a";
  c.terminationMessagePath = "/dev/termination-log";
  v1::VolumeMount m;
  m.name = "work";
  m.mountPath = "/work";
  m.subPathExpr = "$(DIR)";
  c.volumeMounts.push_back(m);
  pod.spec.containers.push_back(c);
  return pod;
}

Result<ports::ContainerSpec> made(const v1::Pod& pod, List<ports::EnvPair> env) {
  std::map<Str, ports::MountSpec> mounts;
  mounts["work"] = {};
  return kubelet::make_container(pod, pod.spec.containers[0], false, 0, "s", "busybox", env, mounts, 0);
}

}  // namespace

TEST_CASE("ContainerSpec: a subPathExpr is a path below the volume, of variables that have a value") {
  v1::Pod pod = pod_of_one();
  auto good = made(pod, {{"DIR", "logs"}});
  REQUIRE(good.ok());
  CHECK(good->mounts[0].sub_path == "logs");
  CHECK(good->annotations.get("io.kubernetes.container.terminationMessagePath") == "/dev/termination-log");
  CHECK(made(pod, {{"DIR", "/tmp"}}).error().message == "error SubPath `/tmp` must not be an absolute path");
  CHECK(made(pod, {{"DIR", "a/../.."}}).error().message ==
        "unable to provision SubPath `a/../..`: must not contain '..'");
  CHECK(made(pod, {{"DIR", ""}}).error().message == "missing value for DIR");
  CHECK(made(pod, {}).error().message == "missing value for DIR");
}

TEST_CASE("ContainerSpec: runAsNonRoot refuses root, given or the image's, and users known by name alone") {
  v1::Pod pod = pod_of_one();
  const v1::Container& c = pod.spec.containers[0];
  CHECK(kubelet::check_non_root(pod, c, 0, "").ok());
  pod.spec.securityContext.mut().runAsNonRoot = true;
  CHECK(kubelet::check_non_root(pod, pod.spec.containers[0], 0, "").error().message ==
        "container has runAsNonRoot and image will run as root (pod: \"web_default(u1)\", container: a)");
  CHECK(kubelet::check_non_root(pod, pod.spec.containers[0], -1, "nginx").error().message ==
        "container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root (pod: "
        "\"web_default(u1)\", container: a)");
  CHECK(kubelet::check_non_root(pod, pod.spec.containers[0], 101, "").ok());
  pod.spec.securityContext.mut().runAsUser = 1000;
  CHECK(kubelet::check_non_root(pod, pod.spec.containers[0], 0, "").ok());
  pod.spec.containers.mut(0).securityContext.mut().runAsUser = 0;
  CHECK(kubelet::check_non_root(pod, pod.spec.containers[0], 101, "").error().message ==
        "container's runAsUser breaks non-root policy (pod: \"web_default(u1)\", container: a)");
}
