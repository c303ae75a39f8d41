#include "core/kubelet/container_spec.h"

#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/kubelet/env.h"
#include "core/kubelet/pod_status.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;

Str spec_hash(const v1::Container& c) { return hex64(fnv1a(c.image, fnv1a(c.name))); }

namespace {

// pkg/kubelet/network/dns: ClusterFirst puts the cluster's server and search list first.
void set_dns(const v1::Pod& pod, const SandboxInputs& in, ports::SandboxSpec& spec) {
  bool cluster = pod.spec.dnsPolicy == "ClusterFirstWithHostNet" ||
                 ((pod.spec.dnsPolicy == "ClusterFirst" || pod.spec.dnsPolicy.empty()) && !pod.spec.hostNetwork);
  if (cluster && !in.cluster_dns.empty()) {
    spec.dns_servers = in.cluster_dns;
    spec.dns_searches.push_back(cat(pod.metadata.namespace_, ".svc.", in.cluster_domain));
    spec.dns_searches.push_back(cat("svc.", in.cluster_domain));
    spec.dns_searches.push_back(in.cluster_domain);
    for (const Str& s : in.node_searches) spec.dns_searches.push_back(s);
    spec.dns_options.push_back("ndots:5");
  } else if (pod.spec.dnsPolicy != "None") {
    spec.dns_servers = in.node_dns;
    spec.dns_searches = in.node_searches;
  }
  if (!pod.spec.dnsConfig) return;
  for (const Str& s : pod.spec.dnsConfig->nameservers) spec.dns_servers.push_back(s);
  for (const Str& s : pod.spec.dnsConfig->searches) spec.dns_searches.push_back(s);
  for (const v1::PodDNSConfigOption& o : pod.spec.dnsConfig->options)
    spec.dns_options.push_back(o.value ? Str(cat(o.name, ":", *o.value)) : o.name);
}

// pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust
int32_t oom_score_adj(const v1::Pod& pod, const v1::Container& c, int64_t node_memory_bytes) {
  constexpr int32_t kGuaranteed = -997, kBestEffort = 1000;
  if (pod.status.qosClass == "Guaranteed") return kGuaranteed;
  if (pod.status.qosClass == "BestEffort" || node_memory_bytes <= 0) return kBestEffort;
  int64_t request = c.resources.requests.get("memory").value();
  int64_t score = 1000 - (1000 * request) / node_memory_bytes;
  if (score < 1000 + kGuaranteed) return 1000 + kGuaranteed;
  return static_cast<int32_t>(score == kBestEffort ? kBestEffort - 1 : score);
}

Str hostname_of(const v1::Pod& pod) {
  std::string_view name = pod.spec.hostname.empty() ? pod.metadata.name.view() : pod.spec.hostname.view();
  name = name.substr(0, 63);
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.remove_suffix(1);
  return Str(name);
}

}  // namespace

ports::SandboxSpec make_sandbox(const v1::Pod& pod, uint32_t attempt, const SandboxInputs& in) {
  ports::SandboxSpec spec;
  spec.pod = {pod.metadata.uid, pod.metadata.namespace_, pod.metadata.name};
  spec.attempt = attempt;
  spec.hostname = hostname_of(pod);
  if (!pod.spec.subdomain.empty())
    spec.domain = cat(pod.spec.subdomain, ".", pod.metadata.namespace_, ".svc.", in.cluster_domain);
  set_dns(pod, in, spec);
  spec.host_aliases = pod.spec.hostAliases;
  auto add_ports = [&](const List<v1::Container>& containers) {
    for (const v1::Container& c : containers)
      for (const v1::ContainerPort& p : c.ports)
        spec.ports.push_back({p.containerPort, p.hostPort, p.protocol.empty() ? Str("TCP") : p.protocol, p.hostIP});
  };
  add_ports(pod.spec.initContainers);
  add_ports(pod.spec.containers);
  if (pod.spec.securityContext) spec.sysctls = pod.spec.securityContext->sysctls;
  spec.host_network = pod.spec.hostNetwork;
  spec.host_pid = pod.spec.hostPID;
  spec.host_ipc = pod.spec.hostIPC;
  spec.share_pid = pod.spec.shareProcessNamespace.value_or(false);
  spec.labels = pod.metadata.labels;
  spec.annotations = pod.metadata.annotations;
  return spec;
}

Result<ports::ContainerSpec> make_container(const v1::Pod& pod, const v1::Container& c, bool init, uint32_t attempt,
                                            const Str& sandbox_id, const Str& image, const List<ports::EnvPair>& env,
                                            const std::map<Str, ports::MountSpec>& mounts, int64_t node_memory_bytes) {
  ports::ContainerSpec spec;
  spec.pod = {pod.metadata.uid, pod.metadata.namespace_, pod.metadata.name};
  spec.sandbox_id = sandbox_id;
  spec.name = c.name;
  spec.attempt = attempt;
  spec.image = image;
  std::map<std::string, std::string> vars;
  for (const ports::EnvPair& e : env) vars[e.name.str()] = e.value.str();
  for (const Str& s : c.command) spec.command.push_back(expand(s, vars));
  for (const Str& s : c.args) spec.args.push_back(expand(s, vars));
  spec.working_dir = c.workingDir;
  spec.env = env;
  for (const v1::VolumeMount& m : c.volumeMounts) {
    auto it = mounts.find(m.name);
    if (it == mounts.end())
      return make_error(Reason::NotFound, cat("volume ", quoted(m.name), " of the mount ", quoted(m.mountPath), " isn't set up"));
    ports::MountSpec mount = it->second;
    mount.container_path = m.mountPath;
    mount.read_only = mount.read_only || m.readOnly;
    mount.sub_path = !m.subPathExpr.empty() ? Str(expand(m.subPathExpr, vars)) : m.subPath;
    mount.volume = m.name;
    spec.mounts.push_back(std::move(mount));
  }
  spec.spec_hash = spec_hash(c);
  spec.stdin_open = c.stdin_;
  spec.stdin_once = c.stdinOnce;
  spec.tty = c.tty;
  spec.memory_limit_bytes = c.resources.limits.get("memory").value();
  spec.cpu_limit_milli = c.resources.limits.get("cpu").milli_value();
  spec.cpu_request_milli = c.resources.requests.get("cpu").milli_value();
  spec.oom_score_adj = oom_score_adj(pod, c, node_memory_bytes);
  spec.security = c.securityContext;
  spec.pod_security = pod.spec.securityContext;
  spec.share_pid = pod.spec.shareProcessNamespace.value_or(false);
  spec.init = init;
  spec.ends = restart_policy_of(pod, c, init) != "Always";
  return spec;
}

}  // namespace orrery::kubelet
