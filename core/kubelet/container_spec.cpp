#include "core/kubelet/container_spec.h"

#include <set>

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

// What a mount shows of its volume. Source: pkg/kubelet/kubelet_pods.go makeMounts,
// pkg/kubelet/container/helpers.go ExpandContainerVolumeMounts.
Result<Str> sub_path_of(const v1::VolumeMount& m, const VariableLookup& vars) {
  Str path = m.subPath;
  if (!m.subPathExpr.empty()) {
    std::set<std::string> missing;
    path = expand(m.subPathExpr, vars);
    for (size_t at = 0; (at = m.subPathExpr.view().find("$(", at)) != std::string_view::npos; at += 2) {
      if (at > 0 && m.subPathExpr.view()[at - 1] == '$') continue;
      size_t close = m.subPathExpr.view().find(')', at);
      if (close == std::string_view::npos) break;
      const std::string name(m.subPathExpr.view().substr(at + 2, close - at - 2));
      const Str* value = vars(name);
      if (!value || value->empty()) missing.insert(name);
    }
    if (!missing.empty())
      return make_error(Reason::Invalid, cat("missing value for ", join(std::vector<std::string>(missing.begin(), missing.end()), ", ")));
  }
  if (starts_with(path, "/")) return make_error(Reason::Invalid, cat("error SubPath `", path, "` must not be an absolute path"));
  for (const std::string& part : split(path.view(), '/'))
    if (part == "..") return make_error(Reason::Invalid, cat("unable to provision SubPath `", path, "`: must not contain '..'"));
  return path;
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

bool asks_for_non_root(const v1::Pod& pod, const v1::Container& c) {
  if (c.securityContext && c.securityContext->runAsNonRoot) return *c.securityContext->runAsNonRoot;
  return pod.spec.securityContext && pod.spec.securityContext->runAsNonRoot.value_or(false);
}

Result<void> check_non_root(const v1::Pod& pod, const v1::Container& c, int64_t image_user, const Str& image_user_name) {
  if (!asks_for_non_root(pod, c)) return {};
  std::optional<int64_t> user;
  if (pod.spec.securityContext) user = pod.spec.securityContext->runAsUser;
  if (c.securityContext && c.securityContext->runAsUser) user = c.securityContext->runAsUser;
  if (user && *user != 0) return {};
  std::string which = cat("(pod: \"", pod.metadata.name, "_", pod.metadata.namespace_, "(", pod.metadata.uid, ")\", container: ", c.name, ")");
  if (user) return make_error(Reason::Invalid, cat("container's runAsUser breaks non-root policy ", which));
  if (image_user == 0) return make_error(Reason::Invalid, cat("container has runAsNonRoot and image will run as root ", which));
  if (image_user < 0 && !image_user_name.empty())
    return make_error(Reason::Invalid, cat("container has runAsNonRoot and image has non-numeric user (", image_user_name,
                                           "), cannot verify user is non-root ", which));
  return {};
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
  const VariableLookup vars = [&env](std::string_view name) -> const Str* {
    const ports::EnvPair* found = env.find_if([&](const ports::EnvPair& e) { return e.name == name; });
    return found ? &found->value : nullptr;
  };
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
    auto sub_path = sub_path_of(m, vars);
    if (!sub_path.ok()) return sub_path.error();
    mount.sub_path = *sub_path;
    mount.volume = m.name;
    spec.mounts.push_back(std::move(mount));
  }
  spec.annotations.set(ports::kTerminationPath, c.terminationMessagePath);
  spec.annotations.set(ports::kTerminationPolicy, c.terminationMessagePolicy);
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
