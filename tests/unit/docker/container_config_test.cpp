#include "runtime_native/docker/container_config.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

using namespace orrery;
using namespace orrery::docker;

namespace {
const Owner kSomeOwner{"c1", "node-1"};
const Joined kJoined{"container:s1", "container:s1", ""};

ports::ContainerSpec container() {
  ports::ContainerSpec c;
  c.pod = {"u1", "ns", "web"};
  c.sandbox_id = "s1";
  c.name = "app";
  c.attempt = 2;
  c.image = "web:1";
  c.spec_hash = "h";
  return c;
}
}  // namespace

TEST_CASE("container_config: names and labels are what a restarted kubelet looks for") {
  ports::SandboxSpec s;
  s.pod = {"u1", "ns", "web"};
  s.labels.set("app", "web");
  s.labels.set(kLabelKind, "container");  // a pod's label can't pose as ours
  CHECK(sandbox_name(s) == "k8s_POD_web_ns_u1_0");
  CHECK(container_name(container()) == "k8s_app_web_ns_u1_2");
  Json labels = sandbox_config(s, kSomeOwner, "pause", -1000)["Labels"];
  CHECK(labels["io.orrery.kind"] == "sandbox");
  CHECK(labels["io.orrery.cluster"] == "c1");
  CHECK(labels["io.orrery.node"] == "node-1");
  CHECK(labels["app"] == "web");
  labels = (*container_config(container(), kSomeOwner, kJoined, -1000))["Labels"];
  CHECK(labels["io.orrery.kind"] == "container");
  CHECK(labels["io.orrery.container"] == "app");
  CHECK(labels["io.orrery.attempt"] == "2");
  CHECK(labels["io.orrery.sandbox"] == "s1");
  CHECK(labels["io.orrery.spec-hash"] == "h");
}

TEST_CASE("container_config: a sandbox owns network, name and ports") {
  ports::SandboxSpec s;
  s.pod = {"u1", "ns", "web"};
  s.hostname = "web";
  s.dns_servers = {"10.96.0.10"};
  s.ports = {{80, 8080, "TCP", "127.0.0.1"}, {53, 5353, "UDP", ""}, {443, 0, "TCP", ""}};
  Json body = sandbox_config(s, kSomeOwner, "pause", -1000);
  CHECK(body["HostConfig"]["NetworkMode"] == "bridge");
  CHECK(body["HostConfig"]["IpcMode"] == "shareable");
  CHECK(body["Hostname"] == "web");
  CHECK(body["HostConfig"]["PortBindings"]["80/tcp"][0]["HostPort"] == "8080");
  CHECK(body["HostConfig"]["PortBindings"]["80/tcp"][0]["HostIp"] == "127.0.0.1");
  CHECK(body["ExposedPorts"].contains("53/udp"));
  CHECK(!body["ExposedPorts"].contains("443/tcp"));
  CHECK(body["HostConfig"]["OomScoreAdj"] == -998);
  CHECK(sandbox_config(s, kSomeOwner, "pause", 0)["HostConfig"]["OomScoreAdj"] == 0);

  s.host_network = s.host_pid = s.host_ipc = true;
  body = sandbox_config(s, kSomeOwner, "pause", -1000);
  CHECK(body["HostConfig"]["NetworkMode"] == "host");
  CHECK(body["HostConfig"]["PidMode"] == "host");
  CHECK(body["HostConfig"]["IpcMode"] == "host");
  CHECK(!body.contains("Hostname"));  // the Engine refuses one with the host's network
  CHECK(!body["HostConfig"].contains("PortBindings"));
}

TEST_CASE("container_config: command and args replace the image's as Kubernetes says") {
  auto c = container();
  Json body = *container_config(c, kSomeOwner, kJoined, -1000);
  CHECK(!body.contains("Entrypoint"));
  CHECK(!body.contains("Cmd"));
  c.args = {"-v"};
  body = *container_config(c, kSomeOwner, kJoined, -1000);
  CHECK(!body.contains("Entrypoint"));
  CHECK(body["Cmd"] == Json::array({"-v"}));
  c.command = {"/app"};
  c.args = {};
  body = *container_config(c, kSomeOwner, kJoined, -1000);
  CHECK(body["Entrypoint"] == Json::array({"/app"}));
  CHECK(!body.contains("Cmd"));
}

TEST_CASE("container_config: limits") {
  auto c = container();
  Json host = (*container_config(c, kSomeOwner, kJoined, -1000))["HostConfig"];
  CHECK(!host.contains("Memory"));
  CHECK(host["CpuShares"] == 2);
  c.memory_limit_bytes = 64 << 20;
  c.cpu_limit_milli = 250;
  c.cpu_request_milli = 500;
  host = (*container_config(c, kSomeOwner, kJoined, -1000))["HostConfig"];
  CHECK(host["Memory"] == 64 << 20);
  CHECK(host["MemorySwap"] == host["Memory"]);
  CHECK(host["CpuQuota"] == 25000);
  CHECK(host["CpuShares"] == 512);
  c.memory_limit_bytes = 1;
  c.cpu_limit_milli = 1;
  host = (*container_config(c, kSomeOwner, kJoined, -1000))["HostConfig"];
  CHECK(host["Memory"] == 6 << 20);
  CHECK(host["CpuQuota"] == 1000);
  Json update = update_config(0, 100);
  CHECK(!update.contains("Memory"));
  CHECK(update["CpuQuota"] == 10000);
}

TEST_CASE("container_config: the container's user comes before the pod's") {
  auto c = container();
  CHECK(!container_config(c, kSomeOwner, kJoined, 0)->contains("User"));
  c.pod_security.mut().runAsUser = 1;
  c.pod_security.mut().runAsGroup = 2;
  CHECK((*container_config(c, kSomeOwner, kJoined, 0))["User"] == "1:2");
  c.security.mut().runAsUser = 3;
  CHECK((*container_config(c, kSomeOwner, kJoined, 0))["User"] == "3:2");
  c.security.mut().runAsGroup = 4;
  c.pod_security.mut().supplementalGroups = {7, 8};
  Json body = *container_config(c, kSomeOwner, kJoined, 0);
  CHECK(body["User"] == "3:4");
  CHECK(body["HostConfig"]["GroupAdd"] == Json::array({"7", "8"}));
}

TEST_CASE("container_config: mounts that can't be made are refused") {
  auto c = container();
  ports::MountSpec m;
  m.host_path = "/volumes/v";
  m.container_path = "data";
  m.sub_path = "a/b";
  c.mounts = {m};
  Json mount = (*container_config(c, kSomeOwner, kJoined, 0))["HostConfig"]["Mounts"][0];
  CHECK(mount["Source"] == "/volumes/v/a/b");
  CHECK(mount["Target"] == "/data");
  for (const char* bad : {"../x", "a/../../x", "/etc", ".."}) {
    CAPTURE(bad);
    c.mounts.mut(0).sub_path = bad;
    CHECK(container_config(c, kSomeOwner, kJoined, 0).error().reason == Reason::BadRequest);
  }
  c.mounts.mut(0).sub_path = "a..b/..c";
  CHECK(container_config(c, kSomeOwner, kJoined, 0).ok());
  c.mounts.mut(0).type = ports::MountSpec::Type::Files;
  CHECK(!container_config(c, kSomeOwner, kJoined, 0).ok());
}

TEST_CASE("container_config: filters name the owner and are URL-safe") {
  CHECK(percent_decode(owner_filter(kSomeOwner, "u1")) ==
        R"({"label":["io.orrery.cluster=c1","io.orrery.node=node-1","io.orrery.pod.uid=u1"]})");
  CHECK(event_filter(kSomeOwner).find_first_of("\"{}= ") == std::string::npos);
}
